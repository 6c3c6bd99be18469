package io.retort.cli;

import io.retort.registry.RegisteredModel;
import io.retort.spark.SparkSetup;
import io.retort.storage.Storage;
import java.time.Clock;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Mixin;

/** Where a command finds the registry. */
final class RegistryOptions {
    @Mixin
    private RootOptions options;

    Path root() {
        return options.root();
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
