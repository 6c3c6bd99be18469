package io.retort.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * A student over all seeds: what {@link OverSeeds} makes of its seeds.
 *
 * @param p50 median milliseconds of one sample
 * @param throughput samples per second at batch 128
 * @param baseline accuracy of the baselines; nothing where there are none
 * @param comparison with them; nothing likewise
 * @param verdict of the comparison, or {@link #NO_BASELINE}
 * @param control accuracy of the controls, which learned the teacher's most probable class; nothing where there are none
 * @param overControl comparison of the student with them; nothing likewise
 * @param confusion the sum over the seeds
 * @param compression trained parameters of the teacher by those of the student; nothing where the teacher's are unknown
 */
public record SummarySection(
        String name,
        MeanAndDeviation accuracy,
        MeanAndDeviation balancedAccuracy,
        MeanAndDeviation agreement,
        MeanAndDeviation p50,
        MeanAndDeviation throughput,
        Optional<MeanAndDeviation> baseline,
        Optional<Comparison> comparison,
        String verdict,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<MeanAndDeviation> control,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<Comparison> overControl,
        OptionalDouble compression,
        List<List<Long>> confusion) {
    public SummarySection {
        control = control == null ? Optional.empty() : control; // earlier reports had none
        overControl = overControl == null ? Optional.empty() : overControl;
    }

    /** The verdict where no training sample has a label, so that nothing could be trained without the teacher. */
    public static final String NO_BASELINE = "no baseline";

    /**
     * Sums up a student.
     *
     * @param seeds of the student, at least one
     * @param testSamples on which each was measured
     */
    public static SummarySection of(List<StudentSection> seeds, Figures teacher, ScoreUnit unit, long testSamples) {
        OverSeeds figures = OverSeeds.of(seeds);
        List<Double> accuracies = figures.each().stream().map(Figures::accuracy).toList();
        Function<Function<StudentSection, Optional<Figures>>, List<Double>> arm = of -> seeds.stream()
                .flatMap(student -> of.apply(student).stream())
                .map(Figures::accuracy)
                .toList();
        List<Double> baselines = arm.apply(StudentSection::baseline);
        List<Double> controls = arm.apply(StudentSection::control);
        Function<List<Double>, Optional<Comparison>> beside = others ->
                others.isEmpty() ? Optional.empty() : Optional.of(Comparison.of(unit, accuracies, others, testSamples));
        Optional<Comparison> comparison = beside.apply(baselines);
        return new SummarySection(
                seeds.get(0).name(),
                figures.accuracy(),
                figures.balancedAccuracy(),
                figures.agreement(),
                figures.p50(),
                figures.throughput(),
                comparison.map(compared -> MeanAndDeviation.of(baselines)),
                comparison,
                comparison.map(compared -> compared.verdict().toString()).orElse(NO_BASELINE),
                controls.isEmpty() ? Optional.empty() : Optional.of(MeanAndDeviation.of(controls)),
                beside.apply(controls),
                compression(teacher, figures),
                figures.confusion());
    }

    private static OptionalDouble compression(Figures teacher, OverSeeds student) {
        return teacher.parameters().isPresent()
                ? OptionalDouble.of(teacher.parameters().getAsLong()
                        / student.meanOf(Figures::parameters).orElseThrow())
                : OptionalDouble.empty();
    }

    /** The mean accuracy of the baselines with its deviation; empty where there are none. */
    public String baselines(ScoreUnit unit) {
        return baseline.map(unit::text).orElse("");
    }

    /** The gain with its interval; empty where there are no baselines. */
    public String gain(ScoreUnit unit) {
        return comparison.map(unit::text).orElse("");
    }

    /** The accuracy of the hard-label controls, and what the student has more; nothing where there are none. */
    Optional<String> overHardLabels(ScoreUnit unit) {
        return overControl.map(compared -> name + ": " + unit.text(control.orElseThrow())
                + " with the teacher's hard labels, to which its distribution adds " + unit.text(compared)
                + ": " + compared.verdict());
    }

    /** Such as {@code small}, or {@code small, 2 seeds}. */
    String title() {
        return accuracy.count() == 1 ? name : name + ", " + accuracy.count() + " seeds";
    }
}
