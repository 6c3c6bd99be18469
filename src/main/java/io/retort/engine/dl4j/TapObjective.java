package io.retort.engine.dl4j;

import java.io.Serializable;

/** What a head at a tap minimises. */
@FunctionalInterface
public interface TapObjective extends Serializable {
    /**
     * Returns the mean loss of the batch, weighted, and adds its gradient by the student's features to {@code gradient}.
     *
     * @param student row-major, {@code [batch, channels, height, width]} or {@code [batch, features]}; behind the connector where there is one
     * @param teacher {@code [batch, as many values as the batch's labels have]}
     */
    double evaluate(int batch, double[] student, double[] teacher, double[] gradient);
}
