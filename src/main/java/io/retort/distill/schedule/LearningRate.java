package io.retort.distill.schedule;

import io.retort.config.Catalogue;
import io.retort.config.Catalogue.Kind;
import io.retort.config.Decimals;
import io.retort.config.SettingException;
import io.retort.engine.dl4j.Carried;
import java.io.Serializable;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * The learning rate of a training: {@code rate · min(1, (iteration + 1) / warm-up iterations) · decay}.
 *
 * @param rate the greatest rate
 * @param warmUp the fraction of the training in which the rate rises linearly
 * @param schedule the factor that makes it smaller
 */
public record LearningRate(double rate, double warmUp, Decay schedule) implements Serializable {
    /** The factor of a learning rate over a training. */
    public sealed interface Decay extends Serializable {
        /** The kinds of decay, sorted by name. */
        Catalogue<Decay> CATALOGUE = Catalogue.of(
                "schedules",
                Decay.class,
                new Kind<>("constant", Constant.class, "the rate stays as it is", ""),
                new Kind<>(
                        "cosine",
                        Cosine.class,
                        "half a cosine from the rate to a fraction of it",
                        "Loshchilov and Hutter 2017, arXiv:1608.03983"),
                new Kind<>("step", Step.class, "the rate is multiplied by a factor at equal intervals", ""));

        /** The factor of an iteration, the first being 0, of a training of {@code iterations}, at least 1. */
        double factor(int iteration, int iterations);

        /** Kind {@code constant}: the rate stays as it is. */
        record Constant() implements Decay {
            @Override
            public double factor(int iteration, int iterations) {
                return 1;
            }
        }

        /**
         * Kind {@code cosine}: {@link Schedule.Cosine} from 1 to the final fraction (Loshchilov and Hutter 2017,
         * arXiv:1608.03983, without restarts).
         *
         * @param finalFraction of the rate, left at the end
         */
        record Cosine(double finalFraction) implements Decay {
            public Cosine {
                if (!(finalFraction >= 0 && finalFraction <= 1)) {
                    throw new SettingException("final-fraction", "must be in [0, 1], was " + finalFraction);
                }
            }

            @Override
            public double factor(int iteration, int iterations) {
                return new Schedule.Cosine(1, finalFraction).at(Math.min(1, (double) iteration / iterations));
            }
        }

        /**
         * The kind named step: {@code factor^⌊iteration · steps / iterations⌋}. Factor 0.1 and 3 steps are usual.
         * ND4J's own divides by the length of a step, so that of 18 iterations in 14 steps the tenth step begins an
         * iteration late.
         *
         * @param factor by which each step multiplies the rate
         * @param steps equally long stretches of constant rate
         */
        record Step(double factor, int steps) implements Decay {
            public Step {
                if (!(factor > 0 && factor <= 1)) {
                    throw new SettingException("factor", "must be in (0, 1], was " + factor);
                }
                if (steps < 1) {
                    throw new SettingException("steps", "must be at least 1, was " + steps);
                }
            }

            @Override
            public double factor(int iteration, int iterations) {
                long step = (long) iteration * steps / iterations;
                return Math.pow(factor, (double) step);
            }
        }
    }

    public LearningRate {
        if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new SettingException("rate", "must be finite and > 0, was " + rate);
        }
        if (!(warmUp >= 0 && warmUp < 1)) {
            throw new SettingException("warm-up", "must be in [0, 1), was " + warmUp);
        }
    }

    /** The learning rate that is {@code factor} times this one in each iteration. */
    public LearningRate times(double factor) {
        return new LearningRate(rate * factor, warmUp, schedule);
    }

    /** The rate of an iteration, the first being 0, of a training of {@code iterations}. */
    public double at(long iteration, int iterations) {
        int now = Math.toIntExact(iteration);
        double decayed = rate * schedule.factor(now, Math.max(1, iterations));
        int rising = Decimals.part(warmUp, iterations);
        return now < rising - 1 ? (now + 1) / (double) rising * decayed : decayed;
    }

    /** The rate in the form that ND4J's updaters take, for a training of {@code iterations}. */
    public ISchedule over(int iterations) {
        return new Iterations(Carried.of(this), iterations);
    }

    /** Part of a DL4J configuration, and so no record. */
    private static final class Iterations implements ISchedule {
        private static final long serialVersionUID = 1L;

        private final Carried<LearningRate> learningRate;
        private final int iterations;

        private Iterations(Carried<LearningRate> learningRate, int iterations) {
            this.learningRate = learningRate;
            this.iterations = iterations;
        }

        @Override
        public double valueAt(int iteration, int epoch) {
            return learningRate.value().at(iteration, iterations);
        }

        @Override
        public ISchedule clone() {
            return this; // immutable
        }
    }
}
