package io.retort.evaluate;

import io.retort.data.Samples;
import java.io.Serializable;

/** What evaluations add up over rows. It travels, and tallies of parts add up to that of all. */
interface MetricAccumulator extends Serializable {
    /**
     * Adds rows.
     *
     * @param outputs of the network, {@code [rows, outputs]}
     * @param teacherOutputs of its teacher, likewise
     * @param rows with their labels, where the task has some
     */
    void add(float[] outputs, float[] teacherOutputs, Samples rows);

    /** Adds a tally of the same kind. */
    void add(MetricAccumulator other);

    Evaluation evaluation();
}
