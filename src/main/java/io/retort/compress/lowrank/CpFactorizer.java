package io.retort.compress.lowrank;

import io.retort.compress.lowrank.Factorizer.Factor;
import io.retort.network.Layer;
import io.retort.network.Window;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Canonical polyadic decomposition (Lebedev et al. 2015, arXiv:1412.6553):
 * {@code W[o, i, y, x] ≈ Σ_r a[o, r] b[i, r] c[y, r] d[x, r]}, that is a 1×1 convolution to r channels, a kH×1 and
 * a 1×kW convolution of each channel by itself, and a 1×1 convolution.
 *
 * <p>Found by alternating least squares from a random start: with three factors fixed, the fourth is the solution of
 * {@code F · (∗ GᵀG) = W_(n) · (⊙ G)} (Kolda and Bader 2009, section 3.4), where ∗ is the element-wise and
 * ⊙ the Khatri-Rao product of the others.
 */
final class CpFactorizer implements Factorizer {
    private static final int MODES = 4;
    private static final int MAX_ITERATIONS = 100;

    /**
     * The search ends when two rounds over all factors, one after the other, take less than this part of the squared
     * error away.
     */
    private static final double MIN_PROGRESS = 1e-3;

    /** Relative to the mean of the diagonal: keeps systems solvable whose terms have become alike. */
    private static final double RIDGE = 1e-9;

    private final WeightedLayer place;
    private final long seed;
    private final int[] sizes;

    CpFactorizer(WeightedLayer place, long seed) {
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
    public List<Factor.Form> forms(List<Integer> ranks) {
        int rank = ranks.get(0);
        return List.of(
                Factor.Form.mixing(".input", place, rank, place.inputs(), Layer.Bias.NONE),
                depthwise(".column", Factor.down(place.window()), List.of(rank, 1, place.kernelHeight(), 1)),
                depthwise(".row", Factor.along(place.window()), List.of(rank, 1, 1, place.kernelWidth())),
                Factor.Form.mixing("", place, place.outputs(), rank, place.bias()));
    }

    private static Factor.Form depthwise(String suffix, Window window, List<Integer> weightSizes) {
        return new Factor.Form(suffix, new Layer.DepthwiseConv(window, Layer.Bias.NONE), weightSizes);
    }

    @Override
    public List<Factor> pieces(List<Integer> ranks) {
        int rank = ranks.get(0);
        double[][][] factors = balanced(alternated(rank), rank);
        List<Factor.Form> forms = forms(ranks);
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
        double[][][] grams = new double[MODES][][];
        for (int mode = 0; mode < MODES; mode++) {
            factors[mode] = new double[sizes[mode]][rank];
            for (double[] row : factors[mode]) {
                for (int r = 0; r < rank; r++) {
                    row[r] = random.nextGaussian();
                }
            }
            grams[mode] = gram(factors[mode], rank);
        }
        double whole = 0;
        for (float value : place.weight().values()) {
            whole += (double) value * value;
        }
        double before = Double.POSITIVE_INFINITY;
        int slowRounds = 0;
        for (int iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
            double explained = 0;
            double[][] cells = pairs(factors[2], factors[3]);
            for (int mode = 0; mode < MODES; mode++) {
                if (mode == 2) {
                    cells = ofCells(factors, rank); // neither kernel factor is in them
                }
                double[][] products =
                        mode < 2 ? ofChannels(factors, cells, mode, rank) : ofKernel(factors, cells, mode);
                factors[mode] = solved(grams, products, mode, rank);
                grams[mode] = gram(factors[mode], rank);
                explained = inner(products, factors[mode]);
            }
            double lost = whole - explained; // of the squares, since the last factor is a least-squares solution
            slowRounds = before - lost < MIN_PROGRESS * lost ? slowRounds + 1 : 0;
            if (slowRounds == 2) {
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

    private static double[][] solved(double[][][] grams, double[][] products, int mode, int rank) {
        double[][] system = new double[rank][rank];
        double trace = 0;
        for (int r = 0; r < rank; r++) {
            Arrays.fill(system[r], 1);
            for (int other = 0; other < MODES; other++) {
                if (other != mode) {
                    multiply(system[r], grams[other][r], system[r]);
                }
            }
            trace += system[r][r];
        }
        double ridge = RIDGE * trace / rank + Double.MIN_NORMAL;
        for (int r = 0; r < rank; r++) {
            system[r][r] += ridge;
        }
        RealMatrix right = new Array2DRowRealMatrix(Spectrum.transposed(products), false);
        return new CholeskyDecomposition(new Array2DRowRealMatrix(system, false), 1e-9, 0)
                .getSolver()
                .solve(right)
                .transpose()
                .getData();
    }

    /** {@code FᵀF}. */
    private static double[][] gram(double[][] factor, int rank) {
        double[][] gram = new double[rank][rank];
        for (double[] row : factor) {
            for (int r = 0; r < rank; r++) {
                double value = row[r];
                double[] sums = gram[r];
                for (int s = 0; s < rank; s++) {
                    sums[s] += value * row[s];
                }
            }
        }
        return gram;
    }

    /**
     * For outputs (mode 0) and inputs (mode 1), the weight, unfolded along the mode, times the Khatri-Rao product of
     * the other factors: {@code [size, rank]}.
     *
     * @param cells the Khatri-Rao product of the kernel's factors
     */
    private double[][] ofChannels(double[][][] factors, double[][] cells, int mode, int rank) {
        double[][] products = new double[sizes[mode]][rank];
        double[] sum = new double[rank];
        for (int o = 0; o < sizes[0]; o++) {
            for (int i = 0; i < sizes[1]; i++) {
                Arrays.fill(sum, 0);
                addWeighted(sum, (o * sizes[1] + i) * cells.length, 1, cells);
                addProduct(mode == 0 ? products[o] : products[i], mode == 0 ? factors[1][i] : factors[0][o], sum);
            }
        }
        return products;
    }

    /** For each cell of the kernel, {@code Σ_o Σ_i a[o, r] b[i, r] W[o, i, y, x]}: {@code [kH · kW, rank]}. */
    private double[][] ofCells(double[][][] factors, int rank) {
        double[][] cells = new double[sizes[2] * sizes[3]][rank];
        double[] sum = new double[rank];
        for (int o = 0; o < sizes[0]; o++) {
            for (int cell = 0; cell < cells.length; cell++) {
                Arrays.fill(sum, 0);
                addWeighted(sum, o * sizes[1] * cells.length + cell, cells.length, factors[1]);
                addProduct(cells[cell], factors[0][o], sum);
            }
        }
        return cells;
    }

    /** As {@link #ofChannels}, for the rows of the kernel (mode 2) and its columns (mode 3). */
    private double[][] ofKernel(double[][][] factors, double[][] cells, int mode) {
        double[][] products = new double[sizes[mode]][cells[0].length];
        for (int cell = 0; cell < cells.length; cell++) {
            int row = cell / sizes[3];
            int column = cell % sizes[3];
            addProduct(
                    products[mode == 2 ? row : column], mode == 2 ? factors[3][column] : factors[2][row], cells[cell]);
        }
        return products;
    }

    /**
     * Adds rows times weights, which begin at {@code first} and lie {@code step} apart. Three rows at once, for the sum
     * is read and written each time.
     */
    private void addWeighted(double[] sum, int first, int step, double[][] rows) {
        float[] weight = place.weight().values();
        int k = 0;
        for (; k + 2 < rows.length; k += 3) {
            double one = weight[first + k * step];
            double two = weight[first + (k + 1) * step];
            double three = weight[first + (k + 2) * step];
            double[] firstRow = rows[k];
            double[] secondRow = rows[k + 1];
            double[] thirdRow = rows[k + 2];
            for (int r = 0; r < sum.length; r++) {
                sum[r] += one * firstRow[r] + two * secondRow[r] + three * thirdRow[r];
            }
        }
        for (; k < rows.length; k++) {
            double value = weight[first + k * step];
            for (int r = 0; r < sum.length; r++) {
                sum[r] += value * rows[k][r];
            }
        }
    }

    private static void addProduct(double[] sum, double[] left, double[] right) {
        for (int r = 0; r < sum.length; r++) {
            sum[r] += left[r] * right[r];
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

    /**
     * The same product with factors of equal norm in each term, so that none of the layers has tiny or huge weights.
     */
    private static double[][][] balanced(double[][][] factors, int rank) {
        for (int r = 0; r < rank; r++) {
            double whole = 1;
            double[] norms = new double[MODES];
            for (int mode = 0; mode < MODES; mode++) {
                norms[mode] = norm(factors[mode], r);
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

    private static double norm(double[][] factor, int column) {
        double squares = 0;
        for (double[] row : factor) {
            squares += row[column] * row[column];
        }
        return Math.sqrt(squares);
    }
}
