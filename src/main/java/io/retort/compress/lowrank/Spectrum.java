package io.retort.compress.lowrank;

import io.retort.config.Decimals;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * The singular value decomposition {@code A = Σ s_k u_k v_kᵀ} of a matrix {@code [rows, columns]}, largest values
 * first.
 *
 * <p>The sum of the first r terms is the nearest matrix of rank r, and its distance is {@code √(Σ_{k>r} s_k²)}
 * (Eckart and Young 1936).
 */
final class Spectrum {
    private final double[][] matrix;
    private Optional<Decomposition> decomposition = Optional.empty();

    private Spectrum(double[][] matrix) {
        this.matrix = matrix;
    }

    /** Vectors as rows. */
    @SuppressWarnings("ArrayRecordComponent") // bulk numbers, never compared
    private record Decomposition(double[] values, double[][] left, double[][] right) {
        static Decomposition of(double[][] matrix) {
            SingularValueDecomposition decomposition =
                    new SingularValueDecomposition(new Array2DRowRealMatrix(matrix, false));
            return new Decomposition(
                    decomposition.getSingularValues(),
                    decomposition.getUT().getData(),
                    decomposition.getVT().getData());
        }
    }

    /** Computed when its values are first needed: plans need only sizes. */
    private Decomposition decomposition() {
        if (decomposition.isEmpty()) {
            decomposition = Optional.of(Decomposition.of(matrix));
        }
        return decomposition.get();
    }

    static Spectrum of(double[][] matrix) {
        return new Spectrum(matrix);
    }

    int rows() {
        return matrix.length;
    }

    int columns() {
        return matrix[0].length;
    }

    /** The number of singular values: the length of the smaller side. */
    int fullRank() {
        return Math.min(rows(), columns());
    }

    /** The singular values, {@link #fullRank} of them. */
    double[] values() {
        return decomposition().values().clone();
    }

    /** The first r left singular vectors, as rows {@code [r, rows]}. */
    double[][] left(int rank) {
        return copy(decomposition().left(), rank);
    }

    /** The first r right singular vectors, as rows {@code [r, columns]}. */
    double[][] right(int rank) {
        return copy(decomposition().right(), rank);
    }

    /**
     * The left vectors times the square roots of the singular values, as rows: both factors of a product have the same
     * norm.
     */
    double[][] leftHalf(int rank) {
        return scaled(left(rank));
    }

    /** The right vectors times the square roots of the singular values, as rows. */
    double[][] rightHalf(int rank) {
        return scaled(right(rank));
    }

    private double[][] scaled(double[][] vectors) {
        for (int k = 0; k < vectors.length; k++) {
            double root = Math.sqrt(decomposition().values()[k]);
            for (int i = 0; i < vectors[k].length; i++) {
                vectors[k][i] *= root;
            }
        }
        return vectors;
    }

    private static double[][] copy(double[][] vectors, int rank) {
        return List.of(vectors).subList(0, rank).stream().map(double[]::clone).toArray(double[][]::new);
    }

    /**
     * The first r left singular vectors of a matrix, as rows {@code [r, rows]}: the eigenvectors of {@code A Aᵀ},
     * which are found many times sooner than the whole decomposition where the matrix is wide. Those of singular values
     * below a hundred-millionth of the largest are any that are orthogonal.
     */
    static double[][] leadingLeft(double[][] matrix, int rank) {
        if (matrix[0].length < matrix.length) {
            return of(matrix).left(rank);
        }
        double[][] products = new double[matrix.length][matrix.length];
        for (int row = 0; row < matrix.length; row++) {
            for (int other = 0; other <= row; other++) {
                double sum = inner(matrix[row], matrix[other]);
                products[row][other] = sum;
                products[other][row] = sum;
            }
        }
        EigenDecomposition decomposition = new EigenDecomposition(new Array2DRowRealMatrix(products, false));
        return copy(decomposition.getVT().getData(), rank); // largest first, for the matrix is symmetric
    }

    private static double inner(double[] left, double[] right) {
        double sum = 0;
        for (int i = 0; i < left.length; i++) {
            sum += left[i] * right[i];
        }
        return sum;
    }

    static double[][] transposed(double[][] matrix) {
        double[][] transposed = new double[matrix[0].length][matrix.length];
        for (int row = 0; row < matrix.length; row++) {
            for (int column = 0; column < matrix[0].length; column++) {
                transposed[column][row] = matrix[row][column];
            }
        }
        return transposed;
    }

    /** Least rank whose part of {@code Σ s²} is at least {@code part}. */
    int rankOfEnergy(double part) {
        double[] values = decomposition().values();
        double whole = Arrays.stream(values).map(value -> value * value).sum();
        double sum = 0;
        for (int rank = 1; rank <= values.length; rank++) {
            sum += values[rank - 1] * values[rank - 1];
            if (whole == 0 || Decimals.atLeast(sum / whole, part)) {
                return rank;
            }
        }
        return values.length;
    }
}
