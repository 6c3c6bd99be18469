package io.retort.scaling;

import io.retort.distill.AveragingTrainer;
import io.retort.distill.SynchronousTrainer;
import io.retort.distill.TrainerSettings;
import io.retort.scaling.Rates.Fixed;
import io.retort.scaling.Rates.OfNetwork;
import io.retort.scaling.Rates.PerRow;
import io.retort.scaling.Workload.LabelBytes;
import io.retort.scaling.Workload.LabelPass;
import io.retort.scaling.Workload.NetworkSize;
import io.retort.scaling.Workload.Part;
import io.retort.scaling.Workload.Training;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Eight shards of 100 samples, a teacher of 1,000 parameters with two values of Adam each and 2 micro-batches of 25, a
 * student of 100 with 1, and round rates.
 */
final class SmallWorkload {
    static final Training TEACHER =
            new Training("teacher", "teacher", Optional.empty(), 800, 2, 50, 2, 2000, false, 0, Optional.empty());
    static final Training STUDENT =
            new Training("s seed 1", "student s", Optional.empty(), 800, 1, 50, 1, 200, true, 0, Optional.empty());
    static final Training BASELINE = new Training(
            "s seed 1 baseline", "student s", Optional.empty(), 800, 1, 50, 1, 200, false, 0, Optional.empty());
    static final TrainerSettings SYNCHRONOUS = new SynchronousTrainer.Settings(Optional.empty(), Optional.empty());

    private SmallWorkload() {}

    /** Each of its trainings by all slots together. */
    static Workload synchronous() {
        return of(List.of(TEACHER, STUDENT, BASELINE), SYNCHRONOUS);
    }

    /** Each by replicas of 25 rows a step that are averaged after 4. */
    static Workload averaging(Optional<Integer> replicas) {
        return of(List.of(TEACHER, STUDENT, BASELINE), new AveragingTrainer.Settings(replicas, 4, 25));
    }

    static Workload of(List<Training> trainings, TrainerSettings trainer) {
        return new Workload(
                new Part(800, 8, 20, 1),
                new Part(200, 2, 20, 1),
                List.of(new LabelPass(List.of("teacher"), 1)),
                List.of(),
                new LabelBytes("float16", 12, 2, 50),
                Map.of(
                        "teacher",
                        new NetworkSize(1000, 1000, 500, 100, 8),
                        "student s",
                        new NetworkSize(100, 100, 50, 10, 8)),
                trainings,
                trainer);
    }

    static Rates rates() {
        return rates(new PerRow(0.01, 0.015));
    }

    static Rates rates(PerRow teacher) {
        return new Rates(
                "a processor, 2 cores",
                2,
                new Fixed(3, 0.1, 0.01, 1.5, 4),
                1e-3,
                1e-4,
                Map.of(
                        "teacher", new OfNetwork(teacher, 0.002, new PerRow(0.002, 0.003)),
                        "student s", new OfNetwork(new PerRow(0.001, 0.001), 0.0005, new PerRow(1e-4, 1e-4))));
    }
}
