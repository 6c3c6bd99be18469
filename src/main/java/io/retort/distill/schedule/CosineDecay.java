package io.retort.distill.schedule;

import io.retort.config.SettingException;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * Kind {@code cosine}: {@code rate · (f + (1 − f) · (1 + cos(π · progress)) / 2)}, where progress goes from 0 to 1 over the training and
 * f is the final fraction (Loshchilov and Hutter 2017, arXiv:1608.03983, without restarts). ND4J has no such schedule.
 */
public final class CosineDecay implements ISchedule {
    private static final long serialVersionUID = 1L;

    /**
     * Final fraction 0 ends at rate 0.
     *
     * @param finalFraction of the rate that is left at the end
     */
    public record Settings(double finalFraction) implements ScheduleSettings {
        public Settings {
            if (!(finalFraction >= 0 && finalFraction <= 1)) {
                throw new SettingException("final-fraction", "must be in [0, 1], was " + finalFraction);
            }
        }

        @Override
        public ISchedule create(double rate, int iterations) {
            return new CosineDecay(rate, finalFraction, iterations);
        }
    }

    private final double rate;
    private final double finalFraction;
    private final int iterations;

    CosineDecay(double rate, double finalFraction, int iterations) {
        this.rate = rate;
        this.finalFraction = finalFraction;
        this.iterations = iterations;
    }

    @Override
    public double valueAt(int iteration, int epoch) {
        double progress = Math.min(1, (double) iteration / iterations);
        return rate * (finalFraction + (1 - finalFraction) * (1 + Math.cos(Math.PI * progress)) / 2);
    }

    @Override
    public ISchedule clone() {
        return this; // immutable
    }
}
