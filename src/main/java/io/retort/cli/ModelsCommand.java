package io.retort.cli;

import io.retort.registry.Promotion;
import io.retort.registry.RegisteredModel;
import io.retort.registry.RegisteredModel.Version;
import io.retort.report.Amounts;
import io.retort.storage.ArtifactException;
import io.retort.storage.Lease;
import java.io.PrintWriter;
import java.util.List;
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
            ModelsDiffCommand.class,
            ModelsListCommand.class,
            ModelsCommand.Promote.class,
            ModelsCommand.Prune.class,
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

        @Parameters(index = "0", paramLabel = "MODEL", description = "its name in the registry")
        private String name;

        @Parameters(index = "1", paramLabel = "VERSION", description = "a number, as `retort models list` shows it")
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

        @Parameters(paramLabel = "MODEL", description = "its name in the registry")
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

    /** {@code retort models prune}. */
    @Command(
            name = "prune",
            mixinStandardHelpOptions = true,
            description =
                    "Removes old versions; never the champion, the version that a rollback returns to, or the newest.")
    static final class Prune implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Mixin
        private RootOptions registry;

        @Option(
                names = "--keep",
                paramLabel = "N",
                defaultValue = "5",
                description = "how many of the newest versions stay; default: ${DEFAULT-VALUE}")
        private int keep;

        @Option(names = "--dry-run", description = "say what would be removed, and remove nothing")
        private boolean dryRun;

        @Parameters(paramLabel = "MODEL", description = "its name in the registry")
        private String name;

        @Override
        public Integer call() {
            RegisteredModel model = registry.model(name);
            PrintWriter out = spec.commandLine().getOut();
            List<Version> unneeded = model.unneeded(keep);
            if (!dryRun && !unneeded.isEmpty()) {
                try (Lease lease = model.lease("models prune", Lease.Terms.USUAL)) {
                    unneeded = model.unneeded(keep);
                    model.remove(lease, unneeded);
                }
            }
            for (Version version : unneeded) {
                long bytes = version.files().stream()
                        .mapToLong(Version.Content::bytes)
                        .sum();
                out.println(
                        (dryRun ? "would remove" : "removed") + " version " + version.number() + " of '" + name + "', "
                                + Amounts.count(bytes) + " bytes, of "
                                + version.card().created());
            }
            if (unneeded.isEmpty()) {
                out.println("nothing to remove of '" + name + "'");
            }
            out.flush();
            return Retort.DONE;
        }
    }
}
