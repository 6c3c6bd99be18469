package io.retort.data.encode;

import io.retort.storage.Digest;
import io.retort.storage.Digest.Fingerprinted;
import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;

/**
 * Vectors in fewer values: their inner products with the directions in which such vectors vary most, so that of all
 * linear maps to so many values this one keeps most of the squared distances between them. The mean is not taken away,
 * as in the reduction that Sentence Transformers describes (Reimers and Gurevych 2019, arXiv:1908.10084; Pearson 1901).
 *
 * @param directions {@code [dimension, width]}, row-major: orthonormal, the one of most variance first; of each the
 *     greatest value is positive, since a direction has no sign of its own
 * @param kept the part of the variance that is along them
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record PrincipalComponents(int width, int dimension, float[] directions, double kept)
        implements Serializable, Fingerprinted {
    /**
     * Those of some vectors, more than {@code dimension}.
     *
     * @param vectors {@code [rows, width]}
     */
    public static PrincipalComponents of(float[] vectors, int width, int dimension) {
        EigenDecomposition eigen = new EigenDecomposition(new Array2DRowRealMatrix(covariance(vectors, width), false));
        float[] directions = new float[dimension * width];
        for (int d = 0; d < dimension; d++) {
            double[] direction = eigen.getEigenvector(d).toArray();
            int greatest = IntStream.range(0, width)
                    .reduce(0, (a, b) -> Math.abs(direction[b]) > Math.abs(direction[a]) ? b : a);
            double sign = Math.signum(direction[greatest]);
            for (int i = 0; i < width; i++) {
                directions[d * width + i] = (float) (sign * direction[i]);
            }
        }
        double[] variances = eigen.getRealEigenvalues();
        double all = Arrays.stream(variances).sum();
        double kept = all > 0 ? Arrays.stream(variances, 0, dimension).sum() / all : 1;
        return new PrincipalComponents(width, dimension, directions, kept);
    }

    private static double[][] covariance(float[] vectors, int width) {
        int rows = vectors.length / width;
        double[] mean = new double[width];
        for (int i = 0; i < vectors.length; i++) {
            mean[i % width] += vectors[i] / (double) rows;
        }
        double[][] covariance = new double[width][width];
        double[] centred = new double[width];
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < width; i++) {
                centred[i] = vectors[row * width + i] - mean[i];
            }
            for (int i = 0; i < width; i++) {
                double factor = centred[i] / rows;
                double[] of = covariance[i];
                for (int j = 0; j < width; j++) {
                    of[j] += factor * centred[j];
                }
            }
        }
        return covariance;
    }

    /** {@code [rows, dimension]} of vectors {@code [rows, width]}. */
    public float[] of(float[] vectors) {
        int rows = vectors.length / width;
        float[] reduced = new float[rows * dimension];
        for (int row = 0; row < rows; row++) {
            for (int d = 0; d < dimension; d++) {
                double sum = 0;
                for (int i = 0; i < width; i++) {
                    sum += (double) vectors[row * width + i] * directions[d * width + i];
                }
                reduced[row * dimension + d] = (float) sum;
            }
        }
        return reduced;
    }

    @Override
    public void addTo(Digest digest) {
        digest.add("principal-components/1").add(width).add(dimension).add(directions);
    }
}
