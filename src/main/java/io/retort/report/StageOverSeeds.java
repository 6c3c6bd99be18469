package io.retort.report;

import io.retort.report.StudentSection.SpeedSection;
import io.retort.report.StudentSection.StageSection;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

/**
 * A stage of a student in all seeds that came to it: one that a floor has stopped has fewer stages.
 *
 * @param seeds of the student, all of them
 * @param number from 1
 * @param after whether the distillation was before it
 * @param those the seeds that came to it
 * @param sections the stage in each of those
 */
record StageOverSeeds(
        String student, int seeds, int number, boolean after, List<StudentSection> those, List<StageSection> sections) {
    private static final int NONE = Integer.MAX_VALUE;

    /** The stages of the seeds of one student, first to last. */
    static List<StageOverSeeds> of(List<StudentSection> seeds) {
        List<StageOverSeeds> stages = new ArrayList<>();
        int first = most(seeds, StudentSection::distillation);
        for (int i = 0; i < first; i++) {
            int place = i;
            stages.add(of(seeds, i + 1, false, seed -> place < seed.distillation() ? place : NONE));
        }
        int rest = most(seeds, seed -> seed.stages().size() - seed.distillation());
        for (int i = 0; i < rest; i++) {
            int behind = i;
            stages.add(of(seeds, first + i + 1, i > 0, seed -> seed.distillation() + behind));
        }
        return stages;
    }

    private static int most(List<StudentSection> seeds, ToIntFunction<StudentSection> of) {
        return seeds.stream().mapToInt(of).max().orElseThrow();
    }

    private static StageOverSeeds of(
            List<StudentSection> seeds, int number, boolean after, ToIntFunction<StudentSection> place) {
        List<StudentSection> those = seeds.stream()
                .filter(seed -> place.applyAsInt(seed) < seed.stages().size())
                .toList();
        return new StageOverSeeds(
                seeds.get(0).name(),
                seeds.size(),
                number,
                after,
                those,
                those.stream()
                        .map(seed -> seed.stages().get(place.applyAsInt(seed)))
                        .toList());
    }

    /** Such as {@code 2 quantize, undone in 1 of 3}, or {@code 3 quantize, in 2 of 3 seeds}. */
    String title() {
        String reached = those.size() == seeds ? "" : ", in " + those.size() + " of " + seeds + " seeds";
        return number + " " + sections.get(0).kind() + reached + undone();
    }

    /** The figures of each seed after its distillation. */
    List<Figures> distilled() {
        return those.stream().map(StudentSection::afterDistillation).toList();
    }

    /** Whether something was done to the network here. */
    boolean compressed() {
        return sections.stream().anyMatch(section -> !section.compression().isEmpty());
    }

    /** Nothing where there are no baselines. */
    OptionalDouble meanOfBaselines() {
        return those.stream()
                .flatMap(seed -> seed.baseline().stream())
                .mapToDouble(Figures::accuracy)
                .average();
    }

    /** The figures over the seeds that came to it. */
    OverSeeds figures() {
        return new OverSeeds(sections.stream().map(StageSection::figures).toList());
    }

    /** The mean speed over the seeds beside the distilled student; nothing where a seed has none. */
    OptionalDouble speed(ToDoubleFunction<SpeedSection> of) {
        List<SpeedSection> speeds = sections.stream()
                .flatMap(section -> section.compression().stream())
                .flatMap(compression -> compression.speed().stream())
                .toList();
        return speeds.size() == sections.size()
                ? speeds.stream().mapToDouble(of).average()
                : OptionalDouble.empty();
    }

    private String undone() {
        long undone = sections.stream().filter(stage -> !stage.stayed()).count();
        if (undone == 0) {
            return "";
        }
        return sections.size() == 1 ? ", undone" : ", undone in " + undone + " of " + sections.size();
    }
}
