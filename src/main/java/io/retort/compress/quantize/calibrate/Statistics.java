package io.retort.compress.quantize.calibrate;

import io.retort.compress.Calibration;
import io.retort.data.Samples;
import io.retort.data.View;
import io.retort.engine.onnx.write.OnnxTaps;
import io.retort.network.Network;
import io.retort.network.Shape;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The statistics of a network's values over samples.
 *
 * @param values by node
 */
public record Statistics(TreeMap<String, ValueStatistics> values) implements Serializable {

    /**
     * Measures the values of the named nodes over training samples, on the executors, by the float32 network in ONNX
     * Runtime.
     */
    public static Statistics of(Network network, List<String> nodes, Calibration calibration, int samples) {
        List<String> measured = List.copyOf(nodes);
        Statistics total = new Statistics(new TreeMap<>());
        calibration
                .perPortion(network, samples, (shared, portion) -> measure(shared, measured, portion))
                .forEach(total::add);
        return total;
    }

    static Statistics measure(Network network, List<String> nodes, Samples samples) {
        Map<String, Shape> shapes = network.structure().shapes();
        TreeMap<String, ValueStatistics> values = new TreeMap<>();
        nodes.forEach(
                node -> values.put(node, new ValueStatistics(shapes.get(node).channels())));
        try (OnnxTaps taps = OnnxTaps.of(network, nodes)) {
            samples.forEachBatch(
                    View.plain(),
                    Calibration.BATCH,
                    (rows, from, count) -> taps.values(rows, count)
                            .forEach((node, batch) -> values.get(node).add(batch, shapes.get(node))));
        }
        return new Statistics(values);
    }

    /** Adds what other samples gave. */
    void add(Statistics other) {
        other.values.forEach((node, statistics) -> {
            ValueStatistics known = values.get(node);
            if (known == null) {
                values.put(node, statistics);
            } else {
                known.add(statistics);
            }
        });
    }

    public ValueStatistics of(String node) {
        return values.get(node);
    }

    /**
     * How the values that a node gives are distributed: all of them as a histogram, and the mean of each channel. Parts
     * can be merged.
     */
    public static final class ValueStatistics implements Serializable {
        private static final long serialVersionUID = 1L;

        private final Histogram histogram = new Histogram();
        private final double[] sums;
        private long perChannel;

        /**
         * Nothing seen yet.
         *
         * @param channels of an image, features of a vector
         */
        public ValueStatistics(int channels) {
            this.sums = new double[channels];
        }

        /** Adds the values of some samples, one after the other. */
        public void add(float[] values, Shape shape) {
            histogram.add(values, 0, values.length);
            int plane = shape.height() * shape.width();
            for (int start = 0, c = 0; start < values.length; start += plane, c = (c + 1) % sums.length) {
                for (int i = start; i < start + plane; i++) {
                    sums[c] += values[i];
                }
            }
            perChannel += values.length / sums.length;
        }

        /** Adds all that another one has seen. */
        public void add(ValueStatistics other) {
            histogram.add(other.histogram);
            for (int c = 0; c < sums.length; c++) {
                sums[c] += other.sums[c];
            }
            perChannel += other.perChannel;
        }

        public Histogram histogram() {
            return histogram;
        }

        /** The mean of a channel's values. */
        public double mean(int channel) {
            return perChannel == 0 ? 0 : sums[channel] / perChannel;
        }
    }
}
