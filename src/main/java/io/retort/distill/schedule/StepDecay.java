package io.retort.distill.schedule;

import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** Kind {@code step}: {@code rate · factor^⌊progress · steps⌋}, where progress goes from 0 to 1 over the training. */
public final class StepDecay {
    /**
     * Factor 0.1 and 3 steps are usual.
     *
     * @param factor what each step multiplies the rate by
     * @param steps how many equally long stretches of constant rate the training has
     */
    public record Settings(double factor, int steps) implements ScheduleSettings {
        public Settings {
            if (!(factor > 0 && factor <= 1)) {
                throw new IllegalArgumentException("factor must be in (0, 1], was " + factor);
            }
            if (steps < 1) {
                throw new IllegalArgumentException("steps must be at least 1, was " + steps);
            }
        }

        @Override
        public ISchedule create(double rate, int iterations) {
            return new StepSchedule(ScheduleType.ITERATION, rate, factor, (double) iterations / steps);
        }
    }

    private StepDecay() {}
}
