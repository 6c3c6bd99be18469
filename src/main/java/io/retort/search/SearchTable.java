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
                .map(section -> CandidateFilter.text(section) + "\n")
                .orElse("");
        String verdict = report.verdict().isEmpty() ? "" : "\n" + report.verdict();
        return "front of " + report.name() + " (" + report.space() + " candidates)\n"
                + front(report) + "\n" + latency + filter
                + searches + "\n"
                + pace(report.pace()) + verdict;
    }

    private static String front(SearchReport report) {
        List<String> headings = headings(report);
        ConsoleTable table = new ConsoleTable().left(headings.get(0));
        headings.subList(1, headings.size() - 1).forEach(table::right);
        table.left(headings.get(headings.size() - 1));
        report.shown().forEach(point -> table.row(cells(report, point).toArray(String[]::new)));
        return table.text();
    }

    /** Of the front's columns. */
    static List<String> headings(SearchReport report) {
        List<String> headings = new ArrayList<>(List.of("candidate", "parameters", "MACs", "bytes", "p50 ms"));
        if (report.latency().isPresent()) {
            headings.add("predicted ms");
        }
        headings.addAll(List.of("validation " + report.score(), "test " + report.testScore(), "choices"));
        return headings;
    }

    /** Of a point of the front. */
    static List<String> cells(SearchReport report, PointSection point) {
        ScoreUnit unit = ScoreUnit.of(report.score());
        List<String> cells = new ArrayList<>(List.of(
                point.candidate(),
                number(point.figures().parameters().orElse(0)),
                number(point.figures().macs().orElse(0)),
                number(point.figures().bytes().orElse(0)),
                millis(point.figures().latency().p50())));
        point.predictedMillis().ifPresent(predicted -> cells.add(millis(predicted)));
        cells.add(unit.text(point.validation()));
        cells.add(ScoreUnit.of(report.testScore()).text(point.figures().accuracy()));
        cells.add(choices(point.settings()));
        return cells;
    }

    private static String choices(Map<String, String> settings) {
        return settings.isEmpty()
                ? "made by hand"
                : settings.entrySet().stream()
                        .map(choice -> choice.getKey().substring(choice.getKey().lastIndexOf('.') + 1) + " "
                                + choice.getValue())
                        .collect(Collectors.joining(", "));
    }

    /** What became of a search. */
    static String line(SearchSection search, ScoreUnit unit) {
        long failed = search.trials().stream()
                .filter(trial -> trial.score().isEmpty())
                .count();
        return search.strategy() + " seed " + search.seed() + ": "
                + search.trials().size() + " trials of " + search.epochs() + " epochs together, "
                + (failed > 0 ? failed + " of them failed, " : "")
                + "best " + (search.best().isPresent() ? unit.text(search.best().getAsDouble()) : "none");
    }

    /** How quickly candidates were trained. */
    static String pace(PaceSection pace) {
        return pace.trained() == 0
                ? "all trainings were in the store"
                : String.format(
                        Locale.ROOT,
                        "%d task slots, which tasks had for %.0f %% of the time; %d trainings in %.0f s, %.0f an hour",
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
