package io.retort.run;

import io.retort.evaluate.Confusion.ClassFigures;
import io.retort.report.OverSeeds;
import io.retort.report.Report;
import io.retort.report.Report.MostFrequentClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What may be wrong with the teacher or a student, as evaluated: a picture that accuracy alone does not show. */
public final class ResultWarnings {
    /** By how much the most frequent class exceeds its even share where classes are called unequal. */
    private static final double UNEQUAL = 1.5;

    private ResultWarnings() {}

    static List<String> of(Report report) {
        List<String> warnings = new ArrayList<>();
        report.mostFrequentClass().ifPresent(most -> {
            List<String> classes = report.dataset().classes();
            OverSeeds teacher = new OverSeeds(List.of(report.teacher().figures()));
            warnings.addAll(of("the teacher", teacher, classes, most));
            report.summary()
                    .forEach(student -> warnings.addAll(
                            of("student '" + student.name() + "'", report.overSeeds(student.name()), classes, most)));
        });
        return warnings;
    }

    /**
     * What is conspicuous in the classes of a network.
     *
     * @param name of the network, in the sentences
     */
    public static List<String> of(String name, OverSeeds network, List<String> classes, MostFrequentClass most) {
        List<String> warnings = new ArrayList<>();
        List<OverSeeds.OfClass> figures = network.classes();
        List<String> never = IntStream.range(0, classes.size())
                .filter(c -> figures.get(c).each().stream().anyMatch(ClassFigures::neverPredicted))
                .mapToObj(classes::get)
                .toList();
        if (!never.isEmpty()) {
            long rows = IntStream.range(0, classes.size())
                    .filter(c -> never.contains(classes.get(c)))
                    .mapToLong(c -> figures.get(c).rows())
                    .sum();
            warnings.add(String.format(
                    Locale.ROOT,
                    "%s never predicts %s, of which there are %,d held-out samples%s",
                    name,
                    DataWarnings.some("class", "classes", never),
                    rows,
                    inSeeds(network)));
        }
        double accuracy = network.accuracy().mean();
        if (accuracy <= most.share()) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "%s has an accuracy of %.2f %%, and to answer always '%s' would have %.2f %%: it has learned nothing that accuracy shows%s",
                    name,
                    100 * accuracy,
                    most.name(),
                    100 * most.share(),
                    most.share() * classes.size() < UNEQUAL ? "" : remedy(never)));
        }
        return warnings;
    }

    private static String remedy(List<String> never) {
        return never.isEmpty()
                ? "; balanced accuracy shows more"
                : "; class-weights of cross-entropy let rare classes count more";
    }

    private static String inSeeds(OverSeeds network) {
        int seeds = network.each().size();
        long those = network.each().stream()
                .filter(one -> one.classes().stream().anyMatch(ClassFigures::neverPredicted))
                .count();
        return seeds == 1 ? "" : ", in " + those + " of " + seeds + " seeds";
    }
}
