package io.retort.cli;

import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Option;

/** Where a command finds what runs wrote. */
final class RunsOptions {
    @Option(
            names = "--root",
            paramLabel = "PATH",
            defaultValue = "retort-root",
            description = "the directory that runs write to, on any Hadoop file system; default: ${DEFAULT-VALUE}")
    private String root;

    Path root() {
        return new Path(root);
    }
}
