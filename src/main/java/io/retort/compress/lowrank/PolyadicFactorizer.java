package io.retort.compress.lowrank;

import io.retort.network.Layer;
import io.retort.network.Window;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Canonical polyadic decomposition (Lebedev et al. 2015, arXiv:1412.6553): {@code W[o, i, y, x] ≈ Σ_r a[o, r] b[i, r] c[y, r] d[x, r]}, that is a 1×1
 * convolution to r channels, a kH×1 and a 1×kW convolution of each channel by itself, and a 1×1 convolution.
 *
 * <p>Found by alternating least squares from a random start: with three factors fixed, the fourth is the solution of
 * {@code F · (∗ GᵀG) = W_(n) · (⊙ G)} (Kolda and Bader 2009, section 3.4), where ∗ is the element-wise and ⊙ the Khatri-Rao product of the others.
 */
final class PolyadicFactorizer implements Factorizer {
    private static final int MODES = 4;
    private static final int MOST_ITERATIONS = 100;

    /** The search ends when a round over all factors takes less than this part of the squared error away. */
    private static final double LEAST_PROGRESS = 1e-4;

    /** Relative to the mean of the diagonal: keeps systems solvable whose terms have become alike. */
    private static final double RIDGE = 1e-9;

    private final Place place;
    private final long seed;
    private final int[] sizes;

    PolyadicFactorizer(Place place, long seed) {
        this.place = place;
        this.seed = seed;
        this.sizes = new int[] {place.outputs(), place.inputs(), place.kernelHeight(), place.kernelWidth()};
    }

    @Override
    public List<Spectrum> spectra() {
        return List.of();
    }

    /** The rank that costs as much as the layer does. */
    @Override
    public List<Integer> fullRanks() {
        return List.of((int) Math.max(1, place.macs() / macs(List.of(1))));
    }

    @Override
    public long macs(List<Integer> ranks) {
        return ranks.get(0)
                * (place.inputPixels() * place.inputs()
                        + place.betweenPixels() * place.kernelHeight()
                        + place.outputPixels() * (place.kernelWidth() + place.outputs()));
    }

    @Override
    public List<Piece.Form> forms(List<Integer> ranks) {
        int rank = ranks.get(0);
        return List.of(
                Piece.Form.mixing(".input", place, rank, place.inputs(), Layer.Bias.NONE),
                depthwise(".column", Piece.down(place.window()), List.of(rank, 1, place.kernelHeight(), 1)),
                depthwise(".row", Piece.along(place.window()), List.of(rank, 1, 1, place.kernelWidth())),
                Piece.Form.mixing("", place, place.outputs(), rank, place.bias()));
    }

    private static Piece.Form depthwise(String suffix, Window window, List<Integer> weightSizes) {
        return new Piece.Form(suffix, new Layer.DepthwiseConv(window, Layer.Bias.NONE), weightSizes);
    }

    @Override
    public List<Piece> pieces(List<Integer> ranks) {
        int rank = ranks.get(0);
        double[][][] factors = balanced(alternated(rank), rank);
        List<Piece.Form> forms = forms(ranks);
        return List.of(
                forms.get(0).with(Spectrum.transposed(factors[1])),
                forms.get(1).with(Spectrum.transposed(factors[2])),
                forms.get(2).with(Spectrum.transposed(factors[3])),
                forms.get(3).with(factors[0]));
    }

    /** The factors {@code [size, rank]} of all modes. */
    private double[][][] alternated(int rank) {
        SplittableRandom random = new SplittableRandom(seed);
        double[][][] factors = new double[MODES][][];
        for (int mode = 0; mode < MODES; mode++) {
            factors[mode] = new double[sizes[mode]][rank];
            for (double[] row : factors[mode]) {
                for (int r = 0; r < rank; r++) {
                    row[r] = random.nextGaussian();
                }
            }
        }
        double whole = 0;
        for (float value : place.weight().values()) {
            whole += (double) value * value;
        }
        double before = Double.POSITIVE_INFINITY;
        for (int iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
            double explained = 0;
            for (int mode = 0; mode < MODES; mode++) {
                double[][] products = products(factors, mode, rank);
                factors[mode] = solved(factors, products, mode, rank);
                explained = inner(products, factors[mode]);
            }
            double lost = whole - explained; // of the squares, since the last factor is a least-squares solution
            if (before - lost < LEAST_PROGRESS * lost) {
                break;
            }
            before = lost;
        }
        return factors;
    }

    private static double inner(double[][] left, double[][] right) {
        double sum = 0;
        for (int row = 0; row < left.length; row++) {
            for (int r = 0; r < left[row].length; r++) {
                sum += left[row][r] * right[row][r];
            }
        }
        return sum;
    }

    private double[][] solved(double[][][] factors, double[][] products, int mode, int rank) {
        double[][] grams = new double[rank][rank];
        double trace = 0;
        for (int r = 0; r < rank; r++) {
            for (int s = 0; s < rank; s++) {
                grams[r][s] = 1;
                for (int other = 0; other < MODES; other++) {
                    grams[r][s] *= other == mode ? 1 : product(factors[other], r, s);
                }
            }
            trace += grams[r][r];
        }
        double ridge = RIDGE * trace / rank + Double.MIN_NORMAL;
        for (int r = 0; r < rank; r++) {
            grams[r][r] += ridge;
        }
        RealMatrix system = new Array2DRowRealMatrix(grams, false);
        RealMatrix right = new Array2DRowRealMatrix(Spectrum.transposed(products), false);
        return new CholeskyDecomposition(system, 1e-9, 0)
                .getSolver()
                .solve(right)
                .transpose()
                .getData();
    }

    private static double product(double[][] factor, int r, int s) {
        double sum = 0;
        for (double[] row : factor) {
            sum += row[r] * row[s];
        }
        return sum;
    }

    /**
     * The weight, unfolded along a mode, times the Khatri-Rao product of the other factors: {@code [size, rank]}. Each weight is multiplied once with a row
     * of rank numbers; what is common to the weights of an output and an input is multiplied after they are added up.
     */
    private double[][] products(double[][][] factors, int mode, int rank) {
        double[][] result = new double[sizes[mode]][rank];
        double[][] places = mode < 2 ? pairs(factors[2], factors[3]) : factors[mode == 2 ? 3 : 2];
        double[] sum = new double[rank];
        double[] common = new double[rank];
        for (int o = 0; o < sizes[0]; o++) {
            for (int i = 0; i < sizes[1]; i++) {
                int start = (o * sizes[1] + i) * sizes[2] * sizes[3];
                switch (mode) {
                    case 0 -> addProducts(result[o], factors[1][i], places, start, 1, sum);
                    case 1 -> addProducts(result[i], factors[0][o], places, start, 1, sum);
                    default -> {
                        multiply(factors[0][o], factors[1][i], common);
                        for (int at = 0; at < sizes[mode]; at++) {
                            int first = start + (mode == 2 ? at * sizes[3] : at);
                            addProducts(result[at], common, places, first, mode == 2 ? 1 : sizes[3], sum);
                        }
                    }
                }
            }
        }
        return result;
    }

    /** Adds {@code common ∗ Σ_p w_p · places[p]} to a row, with the weights w that begin at {@code first} and lie {@code step} apart. */
    private void addProducts(double[] row, double[] common, double[][] places, int first, int step, double[] sum) {
        float[] weight = place.weight().values();
        Arrays.fill(sum, 0);
        for (int p = 0; p < places.length; p++) {
            double value = weight[first + p * step];
            double[] factor = places[p];
            for (int r = 0; r < sum.length; r++) {
                sum[r] += value * factor[r];
            }
        }
        for (int r = 0; r < sum.length; r++) {
            row[r] += common[r] * sum[r];
        }
    }

    /** The Khatri-Rao product: a row for each pair of rows. */
    private static double[][] pairs(double[][] first, double[][] second) {
        double[][] pairs = new double[first.length * second.length][first[0].length];
        for (int at = 0; at < pairs.length; at++) {
            multiply(first[at / second.length], second[at % second.length], pairs[at]);
        }
        return pairs;
    }

    private static void multiply(double[] left, double[] right, double[] result) {
        for (int r = 0; r < result.length; r++) {
            result[r] = left[r] * right[r];
        }
    }

    /** The same product with factors of equal norm in each term, so that none of the layers has tiny or huge weights. */
    private static double[][][] balanced(double[][][] factors, int rank) {
        for (int r = 0; r < rank; r++) {
            double whole = 1;
            double[] norms = new double[MODES];
            for (int mode = 0; mode < MODES; mode++) {
                norms[mode] = Math.sqrt(product(factors[mode], r, r));
                whole *= norms[mode];
            }
            double each = Math.pow(whole, 1.0 / MODES);
            for (int mode = 0; mode < MODES; mode++) {
                for (double[] row : factors[mode]) {
                    row[r] *= norms[mode] > 0 ? each / norms[mode] : 1;
                }
            }
        }
        return factors;
    }
}
