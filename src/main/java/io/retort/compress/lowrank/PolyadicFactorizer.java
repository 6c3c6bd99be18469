package io.retort.compress.lowrank;

import io.retort.network.Layer;
import io.retort.network.Window;
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
    private static final int ITERATIONS = 100;

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
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            for (int mode = 0; mode < MODES; mode++) {
                factors[mode] = solved(factors, mode, rank);
            }
        }
        return factors;
    }

    private double[][] solved(double[][][] factors, int mode, int rank) {
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
        RealMatrix right = new Array2DRowRealMatrix(Spectrum.transposed(unfolded(factors, mode, rank)), false);
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

    /** The weight, unfolded along a mode, times the Khatri-Rao product of the other factors: {@code [size, rank]}. */
    private double[][] unfolded(double[][][] factors, int mode, int rank) {
        double[][] result = new double[sizes[mode]][rank];
        float[] weight = place.weight().values();
        int at = 0;
        for (int o = 0; o < sizes[0]; o++) {
            for (int i = 0; i < sizes[1]; i++) {
                for (int y = 0; y < sizes[2]; y++) {
                    for (int x = 0; x < sizes[3]; x++) {
                        double[] row = result[
                                switch (mode) {
                                    case 0 -> o;
                                    case 1 -> i;
                                    case 2 -> y;
                                    default -> x;
                                }];
                        double value = weight[at++];
                        for (int r = 0; r < rank; r++) {
                            row[r] += value
                                    * (mode == 0 ? 1 : factors[0][o][r])
                                    * (mode == 1 ? 1 : factors[1][i][r])
                                    * (mode == 2 ? 1 : factors[2][y][r])
                                    * (mode == 3 ? 1 : factors[3][x][r]);
                        }
                    }
                }
            }
        }
        return result;
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
