package io.retort.cli;

import io.retort.registry.ModelCard;
import io.retort.registry.Promotion;
import io.retort.registry.RegisteredModel;
import io.retort.registry.RegisteredModel.Version;
import io.retort.registry.Withdrawal;
import io.retort.report.Amounts;
import io.retort.report.ConsoleTable;
import io.retort.report.ScoreUnit;
import io.retort.storage.Json;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code retort models list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Lists the versions of a model, or of all models.")
final class ModelsListCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private RootOptions registry;

    @Option(names = "--json", description = "print a JSON array instead of a table")
    private boolean json;

    @Parameters(arity = "0..1", paramLabel = "MODEL", description = "all models where it is not given")
    private List<String> models = List.of();

    /** One version; {@code status} is {@code champion}, {@code rolled back}, or empty. */
    record Row(String model, int version, String status, ModelCard card) {}

    @Override
    public Integer call() {
        List<String> names = models.isEmpty() ? RegisteredModel.names(registry.storage(), registry.root()) : models;
        List<Row> rows = names.stream()
                .flatMap(name -> rows(registry.model(name)).stream())
                .toList();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.pretty(rows));
        } else if (rows.isEmpty() && !names.isEmpty()) {
            out.println("no version of " + String.join(", ", names) + " under " + registry.root()
                    + " yet; `retort retrain` publishes one");
        } else if (rows.isEmpty()) {
            out.println("no models under " + registry.root() + "; `retort retrain` publishes one");
        } else {
            out.println(table(rows));
        }
        out.flush();
        return Retort.DONE;
    }

    private static List<Row> rows(RegisteredModel model) {
        int champion = model.champion().map(Promotion::version).orElse(0);
        Set<Integer> withdrawn =
                model.withdrawals().stream().map(Withdrawal::version).collect(Collectors.toSet());
        return model.versions().stream()
                .map(version -> row(model, version, champion, withdrawn))
                .toList();
    }

    private static Row row(RegisteredModel model, Version version, int champion, Set<Integer> withdrawn) {
        String status = withdrawn.contains(version.number()) ? "rolled back" : "";
        return new Row(
                model.name(), version.number(), version.number() == champion ? "champion" : status, version.card());
    }

    private static String table(List<Row> rows) {
        Set<String> scores = rows.stream().map(row -> row.card().score()).collect(Collectors.toSet());
        boolean alike = scores.size() == 1;
        ConsoleTable table = new ConsoleTable()
                .left("model")
                .right("version")
                .left("status")
                .left("created")
                .right(alike ? scores.iterator().next() : "score")
                .right("agreement")
                .right("ONNX bytes")
                .right("p50 ms")
                .right("rows")
                .left("start");
        for (Row row : rows) {
            ModelCard card = row.card();
            ScoreUnit unit = ScoreUnit.of(card.score());
            table.row(
                    row.model(),
                    Integer.toString(row.version()),
                    row.status(),
                    card.created(),
                    (alike ? "" : card.score() + " ") + unit.text(card.scores().accuracy()),
                    unit.text(card.scores().agreement()),
                    Amounts.count(card.scores().bytes()),
                    Amounts.millis(card.scores().latencyMillis()),
                    Amounts.count(card.data().trainSamples()),
                    card.start());
        }
        return table.text();
    }
}
