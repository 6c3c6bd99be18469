package io.retort.cli;

import io.retort.registry.RegisteredModel;
import io.retort.spark.SessionSetup;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.time.Clock;
import java.util.List;
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

    /** The file systems as a run knows them, without a Spark session. */
    Storage storage() {
        return SessionSetup.storage();
    }

    /** @throws ArtifactException where the registry has no such model; the message has those that there are */
    RegisteredModel model(String name) {
        RegisteredModel model = new RegisteredModel(storage(), root(), name, Clock.systemUTC());
        List<String> names = RegisteredModel.names(storage(), root());
        if (!names.contains(name)) {
            throw new ArtifactException("model '" + name + "' is not in the registry under " + root() + "; "
                    + (names.isEmpty()
                            ? "it has none; `retort retrain` publishes one"
                            : "it has " + String.join(", ", names)));
        }
        return model;
    }

    /** The person who promotes, as the history records it. */
    static String byHand(String why) {
        return why + " (" + System.getProperty("user.name", "unknown user") + ")";
    }
}
