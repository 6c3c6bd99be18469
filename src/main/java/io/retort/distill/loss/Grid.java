package io.retort.distill.loss;

import io.retort.network.Shape;
import java.util.Optional;

/** Height and width of a map; a vector's are 1 × 1. */
record Grid(int height, int width) {
    static Grid of(Shape shape) {
        return new Grid(shape.height(), shape.width());
    }

    /** The smaller grid of two, where its sizes divide the other's and both are images or both vectors. */
    static Optional<Grid> common(Shape left, Shape right) {
        if (left.isImage() != right.isImage()) {
            return Optional.empty();
        }
        Grid one = of(left);
        Grid other = of(right);
        if (one.isMultipleOf(other)) {
            return Optional.of(other);
        }
        return other.isMultipleOf(one) ? Optional.of(one) : Optional.empty();
    }

    int cells() {
        return height * width;
    }

    private boolean isMultipleOf(Grid other) {
        return height % other.height == 0 && width % other.width == 0;
    }

    /** The average over equal windows of maps on this grid, on a coarser one. */
    double[] averaged(double[] maps, Grid coarse) {
        double[] averages = new double[maps.length / cells() * coarse.cells()];
        double share = (double) coarse.cells() / cells();
        for (int i = 0; i < maps.length; i++) {
            averages[target(i, coarse)] += share * maps[i];
        }
        return averages;
    }

    /** The gradient by maps on this grid, from the gradient by their averages on a coarser one. */
    double[] spread(double[] byAverages, Grid coarse) {
        double[] byMaps = new double[byAverages.length / coarse.cells() * cells()];
        double share = (double) coarse.cells() / cells();
        for (int i = 0; i < byMaps.length; i++) {
            byMaps[i] = share * byAverages[target(i, coarse)];
        }
        return byMaps;
    }

    /** Where the element of a map goes in its average. */
    private int target(int index, Grid coarse) {
        int map = index / cells();
        int row = index % cells() / width;
        int column = index % width;
        return map * coarse.cells() + row / (height / coarse.height) * coarse.width + column / (width / coarse.width);
    }
}
