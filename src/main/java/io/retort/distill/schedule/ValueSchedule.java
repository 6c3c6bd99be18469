package io.retort.distill.schedule;

import io.retort.config.PlainNumber;
import java.io.Serializable;

/** How a number, such as a loss's weight or temperature, moves over a training. A plain number does not move. */
@PlainNumber("constant")
public interface ValueSchedule extends Serializable {
    /** The value where {@code progress} of the training, from 0 to 1, is behind. */
    double at(double progress);

    /** Where it starts from or ends at, whichever is less: no value is below. */
    double least();

    /** Where it starts from or ends at, whichever is greater: no value is above. */
    double greatest();

    static ValueSchedule of(double value) {
        return new ConstantCourse(value);
    }
}
