package io.retort.distill.schedule;

import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;

/** Kind {@code constant}: the rate stays as it is. */
public final class ConstantSchedule {
    /** Nothing to set. */
    public record Settings() implements ScheduleSettings {
        @Override
        public ISchedule create(double rate, int iterations) {
            return new FixedSchedule(rate);
        }
    }

    private ConstantSchedule() {}
}
