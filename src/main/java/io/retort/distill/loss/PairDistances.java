package io.retort.distill.loss;

/** The squared Euclidean distances {@code Dᵢⱼ = ‖xᵢ − xⱼ‖²} between the rows of a batch, and the way back from them to the rows. */
final class PairDistances {
    private final int size;
    private final int width;
    private final double[] rows;
    private final double[] squared;

    private PairDistances(int size, double[] rows) {
        this.size = size;
        this.width = rows.length / size;
        this.rows = rows;
        this.squared = new double[size * size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < i; j++) {
                squared[i * size + j] = squared(i * width, j * width);
                squared[j * size + i] = squared[i * size + j];
            }
        }
    }

    /** @param rows {@code [size, width]}, row-major, not copied */
    static PairDistances of(int size, double[] rows) {
        return new PairDistances(size, rows);
    }

    int size() {
        return size;
    }

    double squared(int pair) {
        return squared[pair];
    }

    /** {@code Dᵢⱼ} is at {@code i · size + j}. */
    double distance(int pair) {
        return Math.sqrt(squared[pair]);
    }

    /**
     * Adds the gradient by the rows, {@code ∂L/∂xᵢ = Σⱼ 2 (∂L/∂Dᵢⱼ + ∂L/∂Dⱼᵢ) (xᵢ − xⱼ)}.
     *
     * @param bySquared {@code ∂L/∂D}, {@code [size, size]}
     * @param gradient {@code [size, width]}; what it holds is kept
     */
    void addGradient(double[] bySquared, double[] gradient) {
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < i; j++) {
                double both = 2 * (bySquared[i * size + j] + bySquared[j * size + i]);
                if (both == 0) {
                    continue;
                }
                for (int c = 0; c < width; c++) {
                    double part = both * (rows[i * width + c] - rows[j * width + c]);
                    gradient[i * width + c] += part;
                    gradient[j * width + c] -= part;
                }
            }
        }
    }

    private double squared(int left, int right) {
        double sum = 0;
        for (int c = 0; c < width; c++) {
            double difference = rows[left + c] - rows[right + c];
            sum += difference * difference;
        }
        return sum;
    }
}
