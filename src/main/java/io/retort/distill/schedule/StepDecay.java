package io.retort.distill.schedule;

import io.retort.config.SettingException;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * Kind {@code step}: {@code rate · factor^⌊progress · steps⌋}, where progress goes from 0 to 1 over the training. ND4J's divides by the length of a step, so that
 * of 18 iterations in 14 steps the tenth step begins an iteration late.
 */
public final class StepDecay implements ISchedule {
    private static final long serialVersionUID = 1L;

    /**
     * Factor 0.1 and 3 steps are usual.
     *
     * @param factor what each step multiplies the rate by
     * @param steps how many equally long stretches of constant rate the training has
     */
    public record Settings(double factor, int steps) implements ScheduleSettings {
        public Settings {
            if (!(factor > 0 && factor <= 1)) {
                throw new SettingException("factor", "must be in (0, 1], was " + factor);
            }
            if (steps < 1) {
                throw new SettingException("steps", "must be at least 1, was " + steps);
            }
        }

        @Override
        public ISchedule create(double rate, int iterations) {
            return new StepDecay(rate, factor, steps, iterations);
        }
    }

    private final double rate;
    private final double factor;
    private final int steps;
    private final int iterations;

    StepDecay(double rate, double factor, int steps, int iterations) {
        this.rate = rate;
        this.factor = factor;
        this.steps = steps;
        this.iterations = iterations;
    }

    @Override
    public double valueAt(int iteration, int epoch) {
        long step = (long) iteration * steps / iterations;
        return rate * Math.pow(factor, (double) step);
    }

    @Override
    public ISchedule clone() {
        return this; // immutable
    }
}
