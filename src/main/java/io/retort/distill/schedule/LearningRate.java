package io.retort.distill.schedule;

import io.retort.config.Decimals;
import io.retort.config.SettingException;
import java.io.Serializable;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.RampSchedule;

/**
 * The learning rate of a training.
 *
 * @param rate the greatest rate
 * @param warmUp the fraction of the training in which the rate rises linearly to what the schedule says
 * @param schedule its shape after that
 */
public record LearningRate(double rate, double warmUp, ScheduleSettings schedule) implements Serializable {
    public LearningRate {
        if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new SettingException("rate", "must be finite and > 0, was " + rate);
        }
        if (!(warmUp >= 0 && warmUp < 1)) {
            throw new SettingException("warm-up", "must be in [0, 1), was " + warmUp);
        }
    }

    /** A rate that is so many times as great in each step. */
    public LearningRate times(double factor) {
        return new LearningRate(rate * factor, warmUp, schedule);
    }

    /** The rate of a step, the first being 0, of a training of {@code iterations}. */
    public double at(long iteration, int iterations) {
        return create(iterations).valueAt(Math.toIntExact(iteration), 0);
    }

    /** The schedule by iteration for a training of {@code iterations}. */
    public ISchedule create(int iterations) {
        ISchedule shape = schedule.create(rate, Math.max(1, iterations));
        int warmUpIterations = Decimals.part(warmUp, iterations);
        return warmUpIterations < 1 ? shape : new RampSchedule(shape, warmUpIterations);
    }
}
