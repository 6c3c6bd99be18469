package io.retort.cli;

import io.retort.registry.RegisteredModel.Version;
import io.retort.registry.RegisteredModel;
import io.retort.report.Amounts;
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

/** {@code retort models prune}. */
@Command(
        name = "prune",
        mixinStandardHelpOptions = true,
        description =
                "Removes old versions; never the champion, the version that a rollback returns to, or the newest.")
final class ModelsPruneCommand implements Callable<Integer> {
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

    @Parameters(paramLabel = "MODEL")
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
            long bytes =
                    version.files().stream().mapToLong(Version.Content::bytes).sum();
            out.println((dryRun ? "would remove" : "removed") + " version " + version.number() + " of '" + name + "', "
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
