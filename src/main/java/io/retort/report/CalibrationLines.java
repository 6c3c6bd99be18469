package io.retort.report;

import io.retort.evaluate.Reliability;
import io.retort.report.StudentSection.BeforeAndAfter;
import io.retort.report.StudentSection.CalibrationSection;
import io.retort.report.StudentSection.StageSection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** What calibration did to each student that has one, a sentence each: means over the seeds. */
final class CalibrationLines {
    private final Report report;
    private final List<StudentSection> seeds;
    private final List<CalibrationSection> calibrations;

    private CalibrationLines(Report report, List<StudentSection> seeds) {
        this.report = report;
        this.seeds = seeds;
        this.calibrations =
                seeds.stream().flatMap(seed -> seed.calibration().stream()).toList();
    }

    static List<String> of(Report report) {
        return report.students().stream()
                .map(StudentSection::name)
                .distinct()
                .map(name -> new CalibrationLines(report, report.seeds(name)))
                .filter(student -> !student.calibrations.isEmpty())
                .map(CalibrationLines::line)
                .toList();
    }

    private String line() {
        List<String> parts = new ArrayList<>();
        parts.add("calibrated: " + seeds.get(0).name());
        if (calibrations.get(0).kind().startsWith("temperature")) {
            parts.add("temperature " + mean(CalibrationSection::temperature).text("%.3f"));
        }
        if (!calibrations.get(0).reliability().isEmpty()) {
            parts.add("expected calibration error " + errors(BeforeAndAfter::after) + " after "
                    + errors(BeforeAndAfter::before));
        }
        addRecalls(parts);
        return String.join(", ", parts);
    }

    private MeanAndDeviation mean(ToDoubleFunction<CalibrationSection> of) {
        return MeanAndDeviation.of(calibrations.stream().map(of::applyAsDouble).toList());
    }

    /** With the interval where there is one seed. */
    private String errors(Function<BeforeAndAfter, Reliability> of) {
        List<Reliability> each = calibrations.stream()
                .flatMap(section -> section.reliability().stream())
                .map(of)
                .toList();
        String error = MeanAndDeviation.of(each.stream().map(Reliability::error).toList())
                .text("%.4f");
        return each.size() > 1
                ? error
                : error
                        + String.format(
                                Locale.ROOT,
                                " [%.4f, %.4f]",
                                each.get(0).low(),
                                each.get(0).high());
    }

    /** Of classes that alone have a bias. */
    private void addRecalls(List<String> parts) {
        List<Double> biases = calibrations.get(0).biases();
        OverSeeds before = new OverSeeds(seeds.stream()
                .map(seed -> seed.stages().get(seed.stages().size() - 2))
                .map(StageSection::figures)
                .toList());
        IntStream.range(0, biases.size())
                .filter(c -> biases.contains(0.0) && biases.get(c) != 0 && report.hasClasses())
                .forEach(c -> parts.add("bias of " + report.dataset().classes().get(c) + " "
                        + mean(section -> section.biases().get(c)).text("%+.2f") + ", its recall "
                        + OverSeeds.of(seeds).classes().get(c).recall() + " after "
                        + before.classes().get(c).recall()));
    }
}
