package io.retort.report;

import io.retort.report.Report.Figures;
import io.retort.report.Report.SpeedSection;
import io.retort.report.Report.StageSection;
import io.retort.report.Report.StudentSection;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * A stage of a student in all seeds that came to it: one that a floor has stopped has fewer stages.
 *
 * @param seeds of the student, all of them
 * @param place from 0, the distillation
 * @param those the seeds that came to it
 * @param sections the stage in each of those
 */
record StageOverSeeds(String student, int seeds, int place, List<StudentSection> those, List<StageSection> sections) {
    /** The stages of the seeds of one student, first to last. */
    static List<StageOverSeeds> of(List<StudentSection> seeds) {
        int most = seeds.stream().mapToInt(seed -> seed.stages().size()).max().orElseThrow();
        List<StageOverSeeds> stages = new ArrayList<>();
        for (int place = 0; place < most; place++) {
            int present = place;
            List<StudentSection> those = seeds.stream()
                    .filter(seed -> seed.stages().size() > present)
                    .toList();
            stages.add(new StageOverSeeds(
                    seeds.get(0).name(),
                    seeds.size(),
                    place,
                    those,
                    those.stream().map(seed -> seed.stages().get(present)).toList()));
        }
        return stages;
    }

    /** Such as {@code 2 quantize, undone in 1 of 3}, or {@code 3 quantize, in 2 of 3 seeds}. */
    String title() {
        String reached = those.size() == seeds ? "" : ", in " + those.size() + " of " + seeds + " seeds";
        return (place + 1) + " " + sections.get(0).kind() + reached + undone();
    }

    /** The figures of each seed after its distillation. */
    List<Figures> distilled() {
        return those.stream().map(seed -> seed.stages().get(0).figures()).toList();
    }

    double meanOfBaselines() {
        return those.stream()
                .mapToDouble(seed -> seed.baseline().accuracy())
                .average()
                .orElseThrow();
    }

    /** The figures of each seed. */
    List<Figures> figures() {
        return sections.stream().map(StageSection::figures).toList();
    }

    double mean(ToDoubleFunction<Figures> figure) {
        return figures().stream().mapToDouble(figure).average().orElseThrow();
    }

    /** The mean over the seeds of how fast it is beside the distilled student; nothing where that was not measured in all of them. */
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
