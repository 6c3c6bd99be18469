package io.retort.cli;

import io.retort.registry.RegisteredModel;
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

/** {@code retort models promote}. */
@Command(
        name = "promote",
        mixinStandardHelpOptions = true,
        description = "Makes a version the champion, whatever the gates say.")
final class ModelsPromoteCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private RegistryOptions registry;

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
        try (Lease lease = model.lease("models promote", LeaseTerms.USUAL)) {
            model.promote(lease, version, RegistryOptions.byHand(why));
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("version " + version + " is the champion of '" + name + "'");
        out.flush();
        return Retort.DONE;
    }
}
