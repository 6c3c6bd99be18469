package io.retort.scaling;

import io.retort.scaling.Constants.PerSample;
import io.retort.scaling.Workload.LabelBytes;
import io.retort.scaling.Workload.LabelPass;
import io.retort.scaling.Workload.NetworkSize;
import io.retort.scaling.Workload.Part;
import io.retort.scaling.Workload.Training;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Eight shards of 100 samples, a teacher of 1,000 parameters with two values of Adam each, a student of 100, and round constants. */
final class SmallWorkload {
    static final Training TEACHER = new Training("teacher", "teacher", 2, 50, 2000, false, 0);
    static final Training STUDENT = new Training("s seed 1", "student s", 1, 50, 200, true, 0);
    static final Training BASELINE = new Training("s seed 1 baseline", "student s", 1, 50, 200, false, 0);

    private SmallWorkload() {}

    static Workload of(Optional<Integer> replicas) {
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
                List.of(TEACHER, STUDENT, BASELINE),
                1,
                replicas);
    }

    static Constants constants() {
        return new Constants(
                "a processor, 2 cores",
                2,
                0.5,
                3,
                0.1,
                0.01,
                1e-6,
                2e-6,
                1e-3,
                1e-4,
                1e-6,
                1e-7,
                1.5,
                Map.of("teacher", new PerSample(0.01, 0.015), "student s", new PerSample(0.001, 0.001)),
                Map.of("teacher", new PerSample(0.002, 0.003), "student s", new PerSample(0.0001, 0.0001)),
                Map.of("teacher", 0.7, "student s", 0.3));
    }
}
