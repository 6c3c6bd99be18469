package io.retort.predict;

import java.util.Locale;

/**
 * What an output's numbers mean. Temperatures are for logits only, so no kind is taken for another.
 *
 * <p>Probabilities p become logits by {@code log max(p, floor)}: the softmax of these is p again, up to the floor.
 */
public enum OutputKind {
    /** Unnormalised log-probabilities {@code [batch, classes]}. */
    LOGITS {
        @Override
        public void toLogits(float[] values, double floor) {}
    },
    /** In [0, 1], with the sum 1 in each row. */
    PROBABILITIES {
        @Override
        public void toLogits(float[] values, double floor) {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) Math.log(Math.max(values[i], floor));
            }
        }
    },
    /** Logarithms of such. */
    LOG_PROBABILITIES {
        @Override
        public void toLogits(float[] values, double floor) {
            float least = (float) Math.log(floor);
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.max(values[i], least);
            }
        }
    },
    /** Quantities of a regression. */
    NUMBERS,
    /** A place in a space of features. */
    EMBEDDING;

    /**
     * Turns values of this kind into logits, in place.
     *
     * @param floor the least probability, above 0: the logarithm of 0 is no number
     */
    public void toLogits(float[] values, double floor) {
        throw new IllegalArgumentException(this + " cannot become logits of classes");
    }

    /** As a recipe writes it: {@code log-probabilities}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
