package io.retort.report;

import io.retort.report.Report.SummarySection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** How single classes fare with the teacher and each student, for the console: all classes where those are few, otherwise the ones of the smallest recall. */
final class ClassTable {
    /** More are shown only where there are more networks. */
    private static final int ROWS = 24;

    private ClassTable() {}

    static String of(Report report) {
        Map<String, OverSeeds> networks = new LinkedHashMap<>();
        networks.put("teacher", OverSeeds.alone(report.teacher().figures()));
        for (SummarySection summary : report.summary()) {
            networks.put(summary.title(), report.overSeeds(summary.name()));
        }
        List<String> names = report.dataset().classes();
        int each = Math.max(1, Math.min(names.size(), ROWS / networks.size()));
        ConsoleTable table = new ConsoleTable()
                .left("network")
                .left(each == names.size() ? "class" : each == 1 ? "worst class" : "worst " + each + " classes")
                .right("held out")
                .right("recall")
                .right("precision")
                .right("F1");
        networks.forEach((network, figures) -> rows(table, network, names, figures, each));
        return table.text();
    }

    private static void rows(ConsoleTable table, String network, List<String> names, OverSeeds figures, int each) {
        List<OverSeeds.OfClass> classes = figures.classes();
        Comparator<Integer> worst =
                Comparator.comparingDouble(c -> classes.get(c).meanRecall());
        List<Integer> shown = IntStream.range(0, names.size())
                .boxed()
                .sorted(each == names.size() ? Comparator.naturalOrder() : worst)
                .limit(each)
                .toList();
        for (int c : shown) {
            OverSeeds.OfClass one = classes.get(c);
            table.row(
                    network,
                    names.get(c),
                    Amounts.count(one.rows()),
                    one.recall(),
                    one.precision(),
                    one.f1());
        }
    }
}
