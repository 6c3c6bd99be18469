package io.retort.cli;

import io.retort.registry.Promotion;
import io.retort.registry.RegisteredModel;
import io.retort.storage.ArtifactException;
import io.retort.storage.Lease;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code retort models}. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        description = {
            "Looks into the registry of published models, and changes which of them is the champion.",
            "Programs that serve a model read <root>/registry/<model>/champion.json: its field onnx is the path of the model, beside that file."
        },
        subcommands = {
            ModelsListCommand.class,
            ModelsCommand.Promote.class,
            ModelsPruneCommand.class,
            ModelsCommand.Rollback.class,
            ModelsShowCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:bad usage", "5:locked: a retraining is under way"})
final class ModelsCommand {

    /** {@code retort models promote}. */
    @Command(
            name = "promote",
            mixinStandardHelpOptions = true,
            description = "Makes a version the champion, whatever the gates say.")
    static final class Promote implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Mixin
        private RootOptions registry;

        @Option(names = "--why", paramLabel = "TEXT", defaultValue = "by hand", description = "for the history")
        private String why;

        @Parameters(index = "0", paramLabel = "MODEL")
        private String name;

        @Parameters(index = "1", paramLabel = "VERSION")
        private int version;

        @Override
        public Integer call() {
            RegisteredModel model = registry.model(name);
            model.version(version); // a model or version that does not exist is not given a lock
            try (Lease lease = model.lease("models promote", Lease.Terms.USUAL)) {
                model.promote(lease, version, RootOptions.byHand(why));
            }
            PrintWriter out = spec.commandLine().getOut();
            out.println("version " + version + " is the champion of '" + name + "'");
            out.flush();
            return Retort.DONE;
        }
    }

    /** {@code retort models rollback}. */
    @Command(
            name = "rollback",
            mixinStandardHelpOptions = true,
            description = {
                "Makes the version the champion again that was so before.",
                "What was left does not return by itself, whatever names or times its files get and whatever the gates: not from the same training samples,"
                        + " teacher and student, and not with the same parameters. `retort models promote` brings it back."
            })
    static final class Rollback implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Mixin
        private RootOptions registry;

        @Option(names = "--why", paramLabel = "TEXT", defaultValue = "by hand", description = "for the history")
        private String why;

        @Parameters(paramLabel = "MODEL")
        private String name;

        @Override
        public Integer call() {
            RegisteredModel model = registry.model(name);
            if (model.champion().isEmpty()) {
                throw new ArtifactException("model '" + name + "' has no champion under " + registry.root());
            }
            PrintWriter out = spec.commandLine().getOut();
            try (Lease lease = model.lease("models rollback", Lease.Terms.USUAL)) {
                int left = model.champion().orElseThrow().version();
                Promotion back = model.rollback(lease, RootOptions.byHand(why));
                out.println(
                        "version " + back.version() + " is the champion of '" + name + "' again, instead of " + left);
            }
            out.flush();
            return Retort.DONE;
        }
    }
}
