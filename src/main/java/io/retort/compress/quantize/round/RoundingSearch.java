package io.retort.compress.quantize.round;

import io.retort.config.Decimals;
import io.retort.network.int8.AffineCode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Looks for the roundings of least {@link InputMoments.Objective} by the relaxation of Nagel et al. (2020,
 * arXiv:2004.10568, section 3.3): a weight of w/s steps becomes {@code ⌊w/s⌋ + h(v)}, and Adam moves v down the
 * gradient of {@code (dᵀGd + 2 dᵀs) / ḡ + λ Σ (1 − |2h(v) − 1|^β)}, with d and s in steps, and ḡ the
 * mean of G's diagonal, so that λ means the same in every layer. It begins at h = the fraction of w/s, where nothing
 * is rounded yet; as β falls, the regulariser draws each h to 0 or 1.
 *
 * <p>Outputs are independent, and keep the nearest codes where nothing better was found. Equal arguments give equal
 * codes.
 */
final class RoundingSearch {
    /** Outputs that are moved together, so that the Gram matrix is read once for all of them. */
    private static final int BLOCK = 16;

    /** Rows of the Gram matrix that are added in one pass. */
    private static final int ROWS = 4;

    private final AdaptiveRounding settings;
    private final InputMoments.Objective objective;
    private final double meanSquare;

    /** G/ḡ, with rows of 0 up to a multiple of {@link #ROWS}. */
    private final float[][] gram;

    RoundingSearch(AdaptiveRounding settings, InputMoments.Objective objective) {
        this.settings = settings;
        this.objective = objective;
        // Where all inputs are 0, any rounding is as good.
        this.meanSquare = objective.meanSquare() == 0 ? 1 : objective.meanSquare();
        int inputs = objective.gram().length;
        this.gram = new float[(inputs + ROWS - 1) / ROWS * ROWS][inputs];
        for (int i = 0; i < inputs; i++) {
            for (int j = 0; j < inputs; j++) {
                gram[i][j] = (float) (objective.gram()[i][j] / meanSquare);
            }
        }
    }

    /** The codes of each output's weights, for the outputs of the objective, in its order. */
    int[][] codes(List<RoundingChoice> choices) {
        int[][] codes = new int[choices.size()][];
        int blocks = (choices.size() + BLOCK - 1) / BLOCK;
        IntStream.range(0, blocks).parallel().forEach(block -> {
            int first = block * BLOCK;
            List<Relaxed> relaxed = new ArrayList<>();
            for (int o = first; o < Math.min(choices.size(), first + BLOCK); o++) {
                relaxed.add(new Relaxed(choices.get(o), objective.slopes()[o]));
            }
            for (int iteration = 0; iteration < settings.iterations(); iteration++) {
                step(relaxed, iteration);
            }
            for (int o = 0; o < relaxed.size(); o++) {
                codes[first + o] =
                        better(first + o, choices.get(first + o), relaxed.get(o).codes());
            }
        });
        return codes;
    }

    private int[] better(int output, RoundingChoice choice, int[] found) {
        int[] nearest = choice.nearest();
        double least = objective.value(output, choice.change(nearest));
        return objective.value(output, choice.change(found)) < least ? found : nearest;
    }

    private void step(List<Relaxed> block, int iteration) {
        block.forEach(Relaxed::place);
        for (int i = 0; i < gram.length; i += ROWS) {
            for (Relaxed output : block) {
                output.add(gram[i], gram[i + 1], gram[i + 2], gram[i + 3], i);
            }
        }
        double begins = Decimals.product(settings.warmUp(), settings.iterations());
        double part = (iteration - begins) / (settings.iterations() - begins);
        double beta = settings.betaFrom() + part * (settings.betaTo() - settings.betaFrom());
        double weight = part < 0 ? 0 : settings.regulariser();
        block.forEach(output -> output.move(iteration + 1, weight, beta));
    }

    /** The weights of one output while they are between two codes. */
    private final class Relaxed {
        private static final double FIRST_DECAY = 0.9;
        private static final double SECOND_DECAY = 0.999;
        private static final double EPSILON = 1e-8;

        private final RoundingChoice choice;
        private final boolean[] free;
        private final double[] fractions;
        private final double[] slopes;
        private final double[] v;
        private final double[] h;
        private final double[] firstMoments;
        private final double[] secondMoments;
        /** d, in steps, and then 0 up to the rows of the Gram matrix. */
        private final float[] change;

        /** Gd. */
        private final float[] product;

        Relaxed(RoundingChoice choice, double[] slopes) {
            int inputs = slopes.length;
            this.choice = choice;
            this.free = new boolean[inputs];
            this.fractions = new double[inputs];
            this.slopes = new double[inputs];
            this.v = new double[inputs];
            this.h = new double[inputs];
            this.firstMoments = new double[inputs];
            this.secondMoments = new double[inputs];
            this.change = new float[gram.length];
            this.product = new float[inputs];
            for (int i = 0; i < inputs; i++) {
                free[i] = choice.isFree(i);
                fractions[i] = choice.fraction(i);
                this.slopes[i] = slopes[i] / (choice.code().scale() * meanSquare);
                v[i] = free[i] ? RectifiedSigmoid.inverse(fractions[i]) : 0;
            }
        }

        void place() {
            for (int i = 0; i < v.length; i++) {
                h[i] = free[i] ? RectifiedSigmoid.of(v[i]) : 0;
                change[i] = (float) (h[i] - fractions[i]);
                product[i] = 0;
            }
        }

        void add(float[] row0, float[] row1, float[] row2, float[] row3, int first) {
            float change0 = change[first];
            float change1 = change[first + 1];
            float change2 = change[first + 2];
            float change3 = change[first + 3];
            for (int j = 0; j < product.length; j++) {
                product[j] += change0 * row0[j] + change1 * row1[j] + change2 * row2[j] + change3 * row3[j];
            }
        }

        /** One step of Adam (Kingma and Ba 2014, arXiv:1412.6980). */
        void move(int step, double weight, double beta) {
            double firstBias = 1 - Math.pow(FIRST_DECAY, step);
            double secondBias = 1 - Math.pow(SECOND_DECAY, step);
            for (int i = 0; i < v.length; i++) {
                if (!free[i]) {
                    continue;
                }
                double slope = RectifiedSigmoid.slope(h[i]);
                double gradient = 0;
                if (slope > 0) {
                    double pull = weight == 0 ? 0 : weight * RectifiedSigmoid.pull(h[i], beta);
                    gradient = (2 * (product[i] + slopes[i]) + pull) * slope;
                }
                firstMoments[i] = FIRST_DECAY * firstMoments[i] + (1 - FIRST_DECAY) * gradient;
                secondMoments[i] = SECOND_DECAY * secondMoments[i] + (1 - SECOND_DECAY) * gradient * gradient;
                v[i] -= settings.learningRate()
                        * (firstMoments[i] / firstBias)
                        / (Math.sqrt(secondMoments[i] / secondBias) + EPSILON);
            }
        }

        int[] codes() {
            int[] codes = new int[v.length];
            for (int i = 0; i < codes.length; i++) {
                codes[i] = RectifiedSigmoid.of(v[i]) >= 0.5 && free[i] ? choice.upper(i) : choice.lower(i);
            }
            return codes;
        }
    }

    /**
     * How far between rounding down (0) and up (1) a weight is while that is decided:
     * {@code h(v) = clip(σ(v)(ζ − γ) + γ, 0, 1)} with ζ = 1.1 and γ = −0.1, which reaches both ends where v
     * is finite (Louizos et al. 2018, arXiv:1712.01312; Nagel et al. 2020, arXiv:2004.10568, equation 23).
     */
    static final class RectifiedSigmoid {
        private static final double ZETA = 1.1;
        private static final double GAMMA = -0.1;

        private RectifiedSigmoid() {}

        static double of(double v) {
            return clipped(stretched(sigmoid(v)));
        }

        /** The v of an h in [0, 1]. */
        static double inverse(double h) {
            return -Math.log((ZETA - GAMMA) / (h - GAMMA) - 1);
        }

        /** {@code dh/dv}, given h; 0 where it is clipped. */
        static double slope(double h) {
            if (h <= 0 || h >= 1) {
                return 0;
            }
            double sigmoid = (h - GAMMA) / (ZETA - GAMMA);
            return (ZETA - GAMMA) * sigmoid * (1 - sigmoid);
        }

        /**
         * {@code d(1 − |2h − 1|^β)/dh}: the regulariser's, which draws h to the nearer end, the more strongly far
         * from both the smaller β is.
         */
        static double pull(double h, double beta) {
            double distance = 2 * h - 1;
            return -2 * beta * Math.pow(Math.abs(distance), beta - 1) * Math.signum(distance);
        }

        private static double sigmoid(double v) {
            return 1 / (1 + Math.exp(-v));
        }

        private static double stretched(double sigmoid) {
            return sigmoid * (ZETA - GAMMA) + GAMMA;
        }

        private static double clipped(double h) {
            return Math.max(0, Math.min(1, h));
        }
    }

    /**
     * The two codes that each weight of one output may become: those of the steps below and above it, as far as the
     * code has them. A weight that is a whole number of steps, such as 0, or that is clamped, has one.
     */
    @SuppressWarnings("ArrayRecordComponent") // weights are read only, and choices are not compared
    record RoundingChoice(float[] weights, AffineCode code) {
        /** What the weight is in steps, from the zero point. */
        private float steps(int i) {
            return weights[i] / code.scale();
        }

        private int clamped(double steps) {
            return (int) Math.max(code.least(), Math.min(code.greatest(), steps + code.zeroPoint()));
        }

        int lower(int i) {
            return clamped(Math.floor(steps(i)));
        }

        int upper(int i) {
            return clamped(Math.ceil(steps(i)));
        }

        boolean isFree(int i) {
            return lower(i) < upper(i);
        }

        /** How far above the lower code the weight is, in steps. */
        double fraction(int i) {
            return (double) steps(i) - (lower(i) - code.zeroPoint());
        }

        int[] nearest() {
            int[] codes = new int[weights.length];
            for (int i = 0; i < codes.length; i++) {
                codes[i] = code.quantize(weights[i]);
            }
            return codes;
        }

        /** What the weights are changed by, with these codes. */
        double[] change(int[] codes) {
            double[] change = new double[codes.length];
            for (int i = 0; i < codes.length; i++) {
                change[i] = (double) code.dequantize(codes[i]) - weights[i];
            }
            return change;
        }
    }
}
