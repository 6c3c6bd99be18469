package io.retort.cli;

import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Option;

/** Where a command finds what runs wrote, the registry included. */
final class RootOptions {
    @Option(
            names = "--root",
            paramLabel = "PATH",
            defaultValue = "retort-root",
            description =
                    "the directory that runs write to and that holds the registry, on any Hadoop file system; default: ${DEFAULT-VALUE}")
    private String root;

    Path root() {
        return new Path(root);
    }
}
