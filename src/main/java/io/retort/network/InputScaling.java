package io.retort.network;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;

/**
 * How raw features become a network's input: {@code (x − mean[c]) / deviation[c]} for channel c (for vectors, feature c).
 *
 * <p>It belongs to the network, so that whoever runs an exported one feeds raw values.
 */
public record InputScaling(List<Double> mean, List<Double> deviation) implements Serializable {
    public InputScaling {
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        if (mean.size() != deviation.size()) {
            throw new ShapeException(
                    "input scaling has " + mean.size() + " means for " + deviation.size() + " deviations");
        }
        if (mean.stream().anyMatch(value -> !Double.isFinite(value))
                || deviation.stream().anyMatch(value -> !(value > 0) || value.isInfinite())) {
            throw new IllegalArgumentException(
                    "input scaling needs finite means and deviations > 0, was " + mean + " and " + deviation);
        }
    }

    /** Leaves the features of {@code channels} channels as they are. */
    public static InputScaling none(int channels) {
        return new InputScaling(Collections.nCopies(channels, 0.0), Collections.nCopies(channels, 1.0));
    }

    /** Scales raw features of samples laid one after the other, in place. */
    public void apply(float[] features, Shape shape) {
        ScalingSteps steps = ScalingSteps.of(this);
        int plane = shape.height() * shape.width();
        int channels = shape.channels();
        for (int start = 0, c = 0; start < features.length; start += plane, c = (c + 1) % channels) {
            steps.apply(c, features, start, start + plane);
        }
    }
}
