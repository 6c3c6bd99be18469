package io.retort.search;

import io.retort.report.ConsoleTable;
import io.retort.report.ScoreUnit;
import io.retort.search.SearchReport.PaceSection;
import io.retort.search.SearchReport.PointSection;
import io.retort.search.SearchReport.SearchSection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A search as the console shows it: the front, each search's best, and the comparison. */
final class SearchTable {
    private SearchTable() {}

    static String of(SearchReport report) {
        ScoreUnit unit = ScoreUnit.of(report.score());
        String searches =
                report.searches().stream().map(search -> line(search, unit)).collect(Collectors.joining("\n"));
        String latency = report.latency()
                .map(section -> LatencyCheck.text(section) + "\n")
                .orElse("");
        String filter = report.filter()
                .map(section -> TrainingFree.text(section) + "\n")
                .orElse("");
        String verdict = report.verdict().isEmpty() ? "" : "\n" + report.verdict();
        return "front of " + report.name() + " (" + report.space() + " candidates)\n"
                + front(report.front(), report.score(), unit, report.latency().isPresent()) + "\n" + latency + filter
                + searches + "\n"
                + pace(report.pace()) + verdict;
    }

    private static String front(List<PointSection> front, String score, ScoreUnit unit, boolean isTimed) {
        ConsoleTable table = new ConsoleTable()
                .left("candidate")
                .right("parameters")
                .right("MACs")
                .right("bytes")
                .right("p50 ms");
        if (isTimed) {
            table.right("predicted ms");
        }
        table.right("validation " + score).right("test " + score).left("choices");
        for (PointSection point : front) {
            List<String> cells = new ArrayList<>(List.of(
                    point.candidate(),
                    number(point.figures().parameters().orElse(0)),
                    number(point.figures().macs().orElse(0)),
                    number(point.figures().bytes().orElse(0)),
                    millis(point.figures().latency().p50())));
            point.predictedMillis().ifPresent(predicted -> cells.add(millis(predicted)));
            cells.add(unit.text(point.validation()));
            cells.add(unit.text(point.figures().accuracy()));
            cells.add(choices(point.settings()));
            table.row(cells.toArray(String[]::new));
        }
        return table.text();
    }

    private static String choices(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(choice ->
                        choice.getKey().substring(choice.getKey().lastIndexOf('.') + 1) + " " + choice.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String line(SearchSection search, ScoreUnit unit) {
        long failed = search.trials().stream()
                .filter(trial -> trial.score().isEmpty())
                .count();
        return search.strategy() + " seed " + search.seed() + ": "
                + search.trials().size() + " trials of " + search.epochs() + " epochs together, "
                + (failed > 0 ? failed + " of them failed, " : "")
                + "best " + (search.best().isPresent() ? unit.text(search.best().getAsDouble()) : "none");
    }

    private static String pace(PaceSection pace) {
        return pace.trained() == 0
                ? "all trainings were in the store"
                : String.format(
                        Locale.ROOT,
                        "%d task slots, %.0f %% of whose time was spent on training; %d trainings in %.0f s, %.0f an hour",
                        pace.slots(),
                        100 * pace.slotsUsed(),
                        pace.trained(),
                        pace.seconds(),
                        pace.trainedPerHour());
    }

    private static String millis(double millis) {
        return String.format(Locale.ROOT, "%.3f", millis);
    }

    private static String number(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }
}
