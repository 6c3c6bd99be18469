package io.retort.scaling;

import io.retort.spark.Doctor.Finding;
import java.util.List;

/**
 * The memory that labelling takes in an executor beside its heap: stacks, code, libraries, and ONNX Runtime's models
 * and arrays.
 *
 * @param models what labelled; none where executors open no model
 * @param tasks at once
 * @param mib most resident memory, less the heap
 */
public record LabellingMemory(List<String> models, int tasks, long mib) {
    private static final String CHECK = "labelling";
    private static final long STEP = 256;

    public LabellingMemory {
        models = List.copyOf(models);
    }

    /**
     * Compares it with what an executor has.
     *
     * @param overheadMib {@code spark.executor.memoryOverhead}
     */
    public Finding against(long overheadMib) {
        if (models.isEmpty()) {
            return Finding.ok(CHECK, "executors open no model of this teacher");
        }
        String found = "%d %s of %s %s %,d MiB beside the heap; an executor has %,d MiB there"
                .formatted(
                        tasks,
                        tasks == 1 ? "task" : "tasks",
                        String.join(" and ", models),
                        tasks == 1 ? "takes" : "take",
                        mib,
                        overheadMib);
        if (mib <= overheadMib) {
            return Finding.ok(CHECK, found);
        }
        long enough = (mib + STEP - 1) / STEP * STEP;
        return Finding.slow(
                CHECK,
                found,
                "a container would be killed: set spark.executor.memoryOverhead=" + enough
                        + "m, or label fewer rows at once by labels.batch-size or spark.executor.cores");
    }

    /** Where it cannot be measured. */
    static Finding unknown(String reason) {
        return Finding.slow(CHECK, "not measured: " + reason, "`retort probe` tells more of the teacher");
    }
}
