package io.retort.report;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A student over all seeds: what {@link OverSeeds} makes of its seeds.
 *
 * @param p50 median milliseconds of one sample
 * @param throughput samples per second at batch 128
 * @param baseline accuracy of the baselines; nothing where there are none
 * @param comparison with them; nothing likewise
 * @param verdict of the comparison, or {@link #NO_BASELINE}
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
        OptionalDouble compression,
        List<List<Long>> confusion) {
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
        List<Double> baselines = seeds.stream()
                .flatMap(student -> student.baseline().stream())
                .map(Figures::accuracy)
                .toList();
        Optional<Comparison> comparison = baselines.isEmpty()
                ? Optional.empty()
                : Optional.of(Comparison.of(unit, accuracies, baselines, testSamples));
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

    /** Such as {@code small}, or {@code small, 2 seeds}. */
    String title() {
        return accuracy.count() == 1 ? name : name + ", " + accuracy.count() + " seeds";
    }
}
