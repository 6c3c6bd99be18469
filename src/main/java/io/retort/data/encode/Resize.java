package io.retort.data.encode;

import java.io.Serializable;

/**
 * How an image gets another size. Pixels are areas: the centre of pixel i of n lies at (i + 1/2) / n of the side (ONNX:
 * half_pixel; PyTorch: align_corners=False).
 *
 * <p>Every method weighs source pixels along one axis and then along the other, so it is a table of weights for each
 * axis. The same sizes give the same bits.
 */
public enum Resize {
    /** The source pixel in which the centre lies. */
    NEAREST {
        @Override
        public Axis axis(int source, int target) {
            Axis axis = new Axis(source, target);
            for (int i = 0; i < target; i++) {
                int nearest = (int) ((2L * i + 1) * source / (2L * target));
                axis.set(i, nearest, 1);
            }
            return axis;
        }
    },
    /**
     * Between the two source pixels whose centres are next to it. Where an image shrinks to less than half, pixels are
     * skipped.
     */
    BILINEAR {
        @Override
        public Axis axis(int source, int target) {
            Axis axis = new Axis(source, target);
            for (int i = 0; i < target; i++) {
                double at = Math.max(0, (i + 0.5) * source / target - 0.5);
                int first = Math.min((int) at, source - 1);
                float second = (float) (at - first);
                if (first == source - 1) {
                    axis.set(i, first, 1);
                } else {
                    axis.set(i, first, 1 - second, second);
                }
            }
            return axis;
        }
    },
    /**
     * The same where an image grows. Where it shrinks, the mean of all source pixels nearer than one target pixel,
     * weighed by nearness (torchvision and Pillow: antialias).
     */
    ANTIALIAS {
        @Override
        public Axis axis(int source, int target) {
            Axis axis = new Axis(source, target);
            double scale = (double) source / target;
            double reach = Math.max(scale, 1);
            for (int i = 0; i < target; i++) {
                double centre = (i + 0.5) * scale;
                int first = Math.max(0, (int) (centre - reach + 0.5));
                int end = Math.min(source, (int) (centre + reach + 0.5));
                double[] nearness = new double[end - first];
                double sum = 0;
                for (int j = 0; j < nearness.length; j++) {
                    nearness[j] = Math.max(0, 1 - Math.abs((first + j + 0.5 - centre) / reach));
                    sum += nearness[j];
                }
                float[] weights = new float[nearness.length];
                for (int j = 0; j < weights.length; j++) {
                    weights[j] = (float) (nearness[j] / sum);
                }
                axis.set(i, first, weights);
            }
            return axis;
        }
    };

    /** How an axis of {@code source} pixels gets {@code target}. */
    public abstract Axis axis(int source, int target);

    /** What each target pixel of one axis is made of. */
    public static final class Axis implements Serializable {
        private static final long serialVersionUID = 1L;
        /** Of the weights of bytes, as many as Pillow's have. */
        private static final int FRACTION_BITS = 22;

        private final int length;
        private final int[] first;
        private final float[][] weights;

        Axis(int source, int target) {
            length = source;
            first = new int[target];
            weights = new float[target][];
        }

        void set(int target, int firstSource, float... weightsFromThere) {
            first[target] = firstSource;
            weights[target] = weightsFromThere;
        }

        /**
         * Resizes lines that lie one after the other, and turns rows into columns: {@code [lines, source]} becomes
         * {@code [target, lines]}. So the same again, along the other axis, gives an image.
         */
        void apply(float[] source, int from, int lines, float[] turned) {
            for (int i = 0; i < first.length; i++) {
                float[] weight = weights[i];
                int at = from + first[i];
                int to = i * lines;
                if (weight.length <= 2) { // all but shrinking with antialias: worth a loop of its own
                    float one = weight[0];
                    int next = weight.length - 1;
                    float other = next == 0 ? 0 : weight[1];
                    for (int line = 0; line < lines; line++, at += length) {
                        turned[to + line] = one * source[at] + other * source[at + next];
                    }
                    continue;
                }
                for (int line = 0; line < lines; line++, at += length) {
                    float sum = 0;
                    for (int j = 0; j < weight.length; j++) {
                        sum += weight[j] * source[at + j];
                    }
                    turned[to + line] = sum;
                }
            }
        }

        /**
         * The same for unsigned bytes, by weights that are multiples of 2⁻²². Sums are rounded to whole numbers, so an
         * image that is resized across and then down is rounded twice, as it is by Pillow.
         */
        public void apply(byte[] source, int lines, byte[] turned) {
            for (int i = 0; i < first.length; i++) {
                int[] weight = new int[weights[i].length];
                for (int j = 0; j < weight.length; j++) {
                    weight[j] = Math.round(weights[i][j] * (1 << FRACTION_BITS));
                }
                for (int line = 0; line < lines; line++) {
                    int at = line * length + first[i];
                    int sum = 1 << (FRACTION_BITS - 1);
                    for (int j = 0; j < weight.length; j++) {
                        sum += weight[j] * (source[at + j] & 0xFF);
                    }
                    turned[i * lines + line] = (byte) Math.min(255, sum >> FRACTION_BITS);
                }
            }
        }
    }
}
