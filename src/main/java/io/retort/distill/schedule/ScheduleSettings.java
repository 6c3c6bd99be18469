package io.retort.distill.schedule;

import java.io.Serializable;
import org.nd4j.linalg.schedule.ISchedule;

/** The shape of a learning rate over a training of known length. */
public interface ScheduleSettings extends Serializable {
    /** The schedule that starts at {@code rate} and lasts {@code iterations}. */
    ISchedule create(double rate, int iterations);
}
