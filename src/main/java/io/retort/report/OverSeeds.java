package io.retort.report;

import io.retort.evaluate.Confusion;
import io.retort.evaluate.Confusion.ClassFigures;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * One network in each of its seeds; a network without seeds, such as the teacher, is one of one seed. Every table has
 * its figures from here: means, with the sample standard deviation where there are several seeds.
 *
 * @param each the figures of each seed, at least one
 */
public record OverSeeds(List<Figures> each) {
    public OverSeeds {
        each = List.copyOf(each);
        if (each.isEmpty()) {
            throw new IllegalArgumentException("there must be figures of at least one seed");
        }
    }

    /** The figures of a student after its last stage that was kept. */
    static OverSeeds of(List<StudentSection> seeds) {
        return new OverSeeds(seeds.stream().map(StudentSection::distilled).toList());
    }

    static OverSeeds alone(Figures figures) {
        return new OverSeeds(List.of(figures));
    }

    public MeanAndDeviation accuracy() {
        return spread(Figures::accuracy);
    }

    public MeanAndDeviation balancedAccuracy() {
        return spread(Figures::balancedAccuracy);
    }

    public MeanAndDeviation agreement() {
        return spread(Figures::agreement);
    }

    /** The area under the ROC curve, with four digits; a dash unless there are two classes, both with samples. */
    public String areaUnderRoc() {
        List<Double> areas = each.stream()
                .flatMapToDouble(figures -> figures.areaUnderRoc().stream())
                .boxed()
                .toList();
        return areas.isEmpty() ? "–" : MeanAndDeviation.of(areas).text("%.4f");
    }

    /** Average precision of the second of two classes, likewise. */
    public String averagePrecision() {
        List<Double> areas = each.stream()
                .flatMapToDouble(figures -> figures.averagePrecision().stream())
                .boxed()
                .toList();
        return areas.isEmpty() ? "–" : MeanAndDeviation.of(areas).text("%.4f");
    }

    /** Median milliseconds of one sample. */
    public MeanAndDeviation p50() {
        return spread(figures -> figures.latency().p50());
    }

    /** Samples per second at batch 128. */
    public MeanAndDeviation throughput() {
        return spread(figures -> figures.latency().batch());
    }

    public MeanAndDeviation spread(ToDoubleFunction<Figures> figure) {
        return MeanAndDeviation.of(each.stream().map(figure::applyAsDouble).toList());
    }

    /** The mean, to the next whole number, for tables; compression may leave other numbers in other seeds. */
    public String count(Function<Figures, OptionalLong> figure) {
        OptionalDouble mean = meanOf(figure);
        return mean.isPresent() ? Amounts.count(Math.round(mean.getAsDouble())) : "unknown";
    }

    /** The mean; nothing where it is not known in all seeds. */
    OptionalDouble meanOf(Function<Figures, OptionalLong> figure) {
        List<OptionalLong> all = each.stream().map(figure).toList();
        return all.stream().allMatch(OptionalLong::isPresent)
                ? OptionalDouble.of(MeanAndDeviation.of(all.stream()
                                .map(one -> (double) one.getAsLong())
                                .toList())
                        .mean())
                : OptionalDouble.empty();
    }

    /** The sum over the seeds. */
    public List<List<Long>> confusion() {
        return each.get(0).confusion().isEmpty()
                ? List.of()
                : Confusion.sum(each.stream()
                                .map(figures -> new Confusion(figures.confusion()))
                                .toList())
                        .cells();
    }

    /** Each class over the seeds, by its index. */
    public List<OfClass> classes() {
        List<List<ClassFigures>> seeds = each.stream().map(Figures::classes).toList();
        return IntStream.range(0, seeds.get(0).size())
                .mapToObj(
                        c -> new OfClass(seeds.stream().map(seed -> seed.get(c)).toList()))
                .toList();
    }

    /**
     * One class over the seeds.
     *
     * @param each its figures in each seed
     */
    public record OfClass(List<ClassFigures> each) {
        /** Held-out samples of the class, the same in all seeds. */
        public long rows() {
            return each.get(0).rows();
        }

        /** In percent; a dash where the class has no sample. */
        public String recall() {
            return percent(ClassFigures::recall);
        }

        /** In percent, over the seeds that predict the class, counted where not all do; a dash where none does. */
        public String precision() {
            return percent(ClassFigures::precision);
        }

        /** In percent; a dash where the class has no sample and is never predicted. */
        public String f1() {
            return percent(ClassFigures::f1);
        }

        /** The mean F1 less that of another, in points; a dash where either has none. */
        String f1Beside(OfClass other) {
            List<Double> own = defined(ClassFigures::f1);
            List<Double> its = other.defined(ClassFigures::f1);
            return own.isEmpty() || its.isEmpty()
                    ? "–"
                    : ScoreUnit.PERCENT.difference(MeanAndDeviation.of(own).mean()
                            - MeanAndDeviation.of(its).mean());
        }

        /** The mean recall; greater than any where the class has no sample. */
        double meanRecall() {
            return defined(ClassFigures::recall).stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElse(Double.POSITIVE_INFINITY);
        }

        private String percent(Function<ClassFigures, OptionalDouble> figure) {
            List<Double> values = defined(figure);
            if (values.isEmpty()) {
                return "–";
            }
            String of = values.size() == each.size() ? "" : " (" + values.size() + " of " + each.size() + ")";
            return MeanAndDeviation.of(values).percent() + of;
        }

        private List<Double> defined(Function<ClassFigures, OptionalDouble> figure) {
            return each.stream()
                    .map(figure)
                    .filter(OptionalDouble::isPresent)
                    .map(OptionalDouble::getAsDouble)
                    .toList();
        }
    }
}
