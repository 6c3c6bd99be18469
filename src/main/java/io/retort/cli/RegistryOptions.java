package io.retort.cli;

import io.retort.registry.RegisteredModel;
import io.retort.spark.SparkSetup;
import io.retort.storage.Storage;
import java.time.Clock;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Option;

/** Where a command finds the registry. */
final class RegistryOptions {
    @Option(
            names = "--root",
            paramLabel = "PATH",
            defaultValue = "retort-root",
            description = "where the registry is kept, on any Hadoop file system; default: ${DEFAULT-VALUE}")
    private String root;

    Path root() {
        return new Path(root);
    }

    /** The file systems as a run knows them, without a Spark session. */
    Storage storage() {
        return SparkSetup.storage();
    }

    RegisteredModel model(String name) {
        return new RegisteredModel(storage(), root(), name, Clock.systemUTC());
    }

    /** Who promotes, as the history says it. */
    static String byHand(String why) {
        return why + " (" + System.getProperty("user.name", "unknown user") + ")";
    }
}
