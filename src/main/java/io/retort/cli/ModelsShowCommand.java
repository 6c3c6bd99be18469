package io.retort.cli;

import io.retort.registry.Gate;
import io.retort.registry.ModelCard;
import io.retort.registry.Promotion;
import io.retort.registry.RegisteredModel;
import io.retort.registry.RegisteredModel.Version;
import io.retort.report.Amounts;
import io.retort.report.ConsoleTable;
import io.retort.storage.ArtifactException;
import io.retort.storage.Json;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code retort models show}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description =
                "Shows a version: what it comes from, the gates that it passed, its files, and the history of the model.")
final class ModelsShowCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private RootOptions registry;

    @Option(names = "--json", description = "print a JSON object instead of text")
    private boolean json;

    @Parameters(index = "0", paramLabel = "MODEL", description = "its name in the registry")
    private String name;

    @Parameters(index = "1", arity = "0..1", paramLabel = "VERSION", description = "the champion where it is not given")
    private List<Integer> numbers = List.of();

    /** A version as it is shown. */
    record Shown(
            String model,
            int version,
            String directory,
            ModelCard card,
            List<Version.Content> files,
            List<Promotion> history) {}

    @Override
    public Integer call() {
        RegisteredModel model = registry.model(name);
        int chosen = numbers.stream()
                .findFirst()
                .or(() -> model.champion().map(Promotion::version))
                .orElseThrow(() -> new ArtifactException(
                        "model '" + name + "' has no champion under " + registry.root() + "; name a version"));
        Version version = model.version(chosen);
        Shown shown = new Shown(
                name,
                version.number(),
                version.directory().toString(),
                version.card(),
                version.files(),
                model.history());
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? Json.pretty(shown) : text(shown));
        out.flush();
        return Retort.DONE;
    }

    private static String text(Shown shown) {
        ModelCard card = shown.card();
        return String.join(
                "\n",
                shown.model() + " version " + shown.version() + ", " + shown.directory(),
                "made by student '" + card.student() + "' of recipe '" + card.recipe() + "', seed " + card.seed()
                        + ", from " + card.start() + ", at " + card.created() + " in " + card.run(),
                String.format(
                        Locale.ROOT,
                        "learned from %,d rows (%s), judged on %,d (%s), teacher %s",
                        card.data().trainSamples(),
                        card.data().train(),
                        card.data().testSamples(),
                        card.data().test(),
                        card.teacher()),
                "",
                gates(card.gates()),
                "",
                files(shown.files()),
                "",
                history(shown.history()));
    }

    private static String gates(List<Gate> gates) {
        ConsoleTable table = new ConsoleTable()
                .left("gate")
                .right("measured")
                .left("must be")
                .right("threshold")
                .left("threshold from");
        gates.forEach(gate -> table.row(
                gate.name(),
                Gate.figure(gate.value()),
                gate.bound().toString(),
                Gate.figure(gate.threshold()),
                gate.reason()));
        return table.text();
    }

    private static String files(List<Version.Content> files) {
        ConsoleTable table = new ConsoleTable().left("file").right("bytes").left("SHA-256");
        files.forEach(file -> table.row(file.name(), Amounts.count(file.bytes()), file.sha256()));
        return table.text();
    }

    private static String history(List<Promotion> history) {
        ConsoleTable table =
                new ConsoleTable().left("at").left("action").right("version").left("why");
        history.forEach(one -> table.row(
                one.at(),
                one.action().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                Integer.toString(one.version()),
                one.why()));
        return table.text();
    }
}
