package io.retort.search;

import com.fasterxml.jackson.databind.JsonNode;
import io.retort.report.CostChart;
import io.retort.report.CostChart.Cloud;
import io.retort.report.CostChart.Network;
import io.retort.report.HtmlReport;
import io.retort.report.HtmlReport.ChartPage;
import io.retort.report.ScoreUnit;
import io.retort.search.SearchReport.PointSection;
import io.retort.search.SearchReport.SearchSection;
import io.retort.search.SearchReport.TrialSection;
import io.retort.storage.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A search as {@code report.html}: the front among all trials as pictures and as a table, and what it was chosen from. */
final class SearchPage {
    private final SearchReport report;
    /** Epochs of a whole training. */
    private final int epochs;

    private SearchPage(SearchReport report) {
        this.report = report;
        this.epochs = report.front().get(0).epochs();
    }

    /** @param recipe with all defaults, as JSON */
    static String of(SearchReport report, String recipe) {
        SearchPage page = new SearchPage(report);
        return HtmlReport.of(new ChartPage(
                report.name(),
                page.notes(),
                page.charts(),
                page.tables(),
                Json.parse(recipe, JsonNode.class).toPrettyString()));
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        notes.add("Search " + report.run() + ", started " + report.started() + ": " + report.space() + " candidates of "
                + report.dimensions().size() + " dimensions. Candidates are compared by " + report.score()
                + " on the validation rows, which the pictures show, too; the dotted line joins the points that no other"
                + " numbered one beats in both.");
        if (!report.byHand().isEmpty()) {
            notes.add("Beside the front are the recipe's further students, made by hand; their budgets are their own.");
        }
        report.latency().ifPresent(latency -> notes.add(LatencyCheck.text(latency)));
        report.filter().ifPresent(filter -> notes.add(CandidateFilter.text(filter)));
        notes.add(SearchTable.pace(report.pace()));
        if (!report.verdict().isEmpty()) {
            notes.add(report.verdict());
        }
        return notes;
    }

    private List<CostChart> charts() {
        return Stream.of(
                        chart(
                                "parameters",
                                point -> OptionalDouble.of(
                                        (double) point.figures().parameters().orElse(0)),
                                trial -> OptionalDouble.of((double) trial.parameters())),
                        chart(
                                "multiply-accumulates",
                                point -> OptionalDouble.of(
                                        (double) point.figures().macs().orElse(0)),
                                trial -> OptionalDouble.of((double) trial.macs())),
                        chart("predicted milliseconds", PointSection::predictedMillis, TrialSection::predictedMillis))
                .flatMap(List::stream)
                .toList();
    }

    /** None where a point of the front has no such cost. */
    private List<CostChart> chart(
            String cost,
            Function<PointSection, OptionalDouble> ofPoint,
            Function<TrialSection, OptionalDouble> ofTrial) {
        if (report.shown().stream().anyMatch(point -> !(ofPoint.apply(point).orElse(0) > 0))) {
            return List.of();
        }
        List<Network> shown = report.shown().stream()
                .map(point -> new Network(
                        report.byHand().contains(point) ? "teacher" : "student",
                        point.candidate() + (report.byHand().contains(point) ? ", made by hand" : ""),
                        ofPoint.apply(point).orElseThrow(),
                        point.validation()))
                .toList();
        Set<String> own = report.front().stream().map(PointSection::candidate).collect(Collectors.toSet());
        String strategy = report.searches().get(0).strategy();
        List<Cloud> clouds = new ArrayList<>();
        Function<String, Predicate<TrialSection>> whole =
                of -> trial -> trial.epochs() == epochs && !(of.equals(strategy) && own.contains(trial.candidate()));
        for (String searched : report.searches().stream()
                .map(SearchSection::strategy)
                .distinct()
                .toList()) {
            String style = searched.equals(strategy) ? "student" : "baseline";
            String rest = searched.equals(strategy) ? ", behind the front" : "";
            clouds.add(cloud(style, searched, rest, whole.apply(searched), ofTrial));
            clouds.add(cloud("partial", searched, ", ended early", trial -> trial.epochs() < epochs, ofTrial));
        }
        clouds.removeIf(cloud -> cloud.networks().isEmpty());
        return List.of(new CostChart(cost, report.score(), shown, clouds));
    }

    private Cloud cloud(
            String style,
            String strategy,
            String which,
            Predicate<TrialSection> wanted,
            Function<TrialSection, OptionalDouble> cost) {
        List<Network> networks = report.searches().stream()
                .filter(search -> search.strategy().equals(strategy))
                .flatMap(search -> search.trials().stream())
                .filter(trial -> trial.score().isPresent() && cost.apply(trial).orElse(0) > 0)
                .filter(wanted)
                .map(trial -> new Network(
                        style,
                        trial.candidate() + which,
                        cost.apply(trial).orElseThrow(),
                        trial.score().orElseThrow()))
                .toList();
        return new Cloud(style, "trials of " + strategy + which + ": " + networks.size(), networks);
    }

    private List<ChartPage.Table> tables() {
        ScoreUnit unit = ScoreUnit.of(report.score());
        return List.of(
                new ChartPage.Table(
                        "Front",
                        SearchTable.headings(report),
                        report.shown().stream()
                                .map(point -> SearchTable.cells(report, point))
                                .toList()),
                new ChartPage.Table(
                        "Searches",
                        List.of("search"),
                        report.searches().stream()
                                .map(search -> List.of(SearchTable.line(search, unit)))
                                .toList()),
                new ChartPage.Table(
                        "Space",
                        List.of("dimension", "choices"),
                        report.dimensions().entrySet().stream()
                                .map(entry -> List.of(entry.getKey(), String.join(", ", entry.getValue())))
                                .toList()));
    }
}
