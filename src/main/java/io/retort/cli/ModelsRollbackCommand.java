package io.retort.cli;

import io.retort.registry.Promotion;
import io.retort.registry.RegisteredModel;
import io.retort.storage.ArtifactException;
import io.retort.storage.Lease;
import io.retort.storage.LeaseTerms;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code retort models rollback}. */
@Command(
        name = "rollback",
        mixinStandardHelpOptions = true,
        description = {
            "Makes the version the champion again that was so before.",
            "What was left does not return by itself, whatever names or times its files get and whatever the gates: not from the same training samples,"
                    + " teacher and student, and not with the same parameters. `retort models promote` brings it back."
        })
final class ModelsRollbackCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private RegistryOptions registry;

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
        try (Lease lease = model.lease("models rollback", LeaseTerms.USUAL)) {
            int left = model.champion().orElseThrow().version();
            Promotion back = model.rollback(lease, RegistryOptions.byHand(why));
            out.println("version " + back.version() + " is the champion of '" + name + "' again, instead of " + left);
        }
        out.flush();
        return Retort.DONE;
    }
}
