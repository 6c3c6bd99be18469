package io.retort.distill.loss;

/** Rows divided by their Euclidean norms; a row of zeros stays one. */
final class UnitRows {
    private final int width;
    private final double[] norms;
    private final double[] units;

    /** @param rows {@code [size, width]}, row-major */
    UnitRows(int size, double[] rows) {
        width = rows.length / size;
        norms = new double[size];
        units = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            norms[i / width] += rows[i] * rows[i];
        }
        for (int row = 0; row < size; row++) {
            norms[row] = Math.sqrt(norms[row]);
        }
        for (int i = 0; i < rows.length; i++) {
            units[i] = norms[i / width] == 0 ? 0 : rows[i] / norms[i / width];
        }
    }

    double[] values() {
        return units;
    }

    /** The gradient by the rows: {@code (g − (g·u) u) / norm}, from the gradient g by the units u. */
    double[] byRows(double[] byUnits) {
        double[] byRows = new double[units.length];
        for (int row = 0; row < norms.length; row++) {
            double along = 0;
            for (int i = row * width; i < (row + 1) * width; i++) {
                along += byUnits[i] * units[i];
            }
            for (int i = row * width; i < (row + 1) * width; i++) {
                byRows[i] = norms[row] == 0 ? 0 : (byUnits[i] - along * units[i]) / norms[row];
            }
        }
        return byRows;
    }
}
