package io.retort.compress.quantize.round;

import io.retort.compress.Calibration;
import io.retort.data.Samples;
import io.retort.data.View;
import io.retort.engine.onnx.write.OnnxTaps;
import io.retort.network.Network;
import io.retort.network.Structure.Node;
import io.retort.network.int8.Quantization;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@link InputMoments} of each group of a layer.
 *
 * <p>Neighbouring places of an image are much alike, so a few of each sample are used: the k-th, counted from 0 over
 * all samples of a portion, is at {@code frac(k/φ)} of all places, row by row. φ is the golden ratio; such points lie
 * evenly whatever their number, and nothing is drawn at random.
 */
record LayerMoments(ArrayList<InputMoments> groups) implements Serializable {
    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    /**
     * What is measured.
     *
     * @param exact the float32 network
     * @param rounded the same, with the weights of earlier layers rounded
     * @param places of each sample
     */
    record Layer(Network exact, Network rounded, Quantization quantization, Node node, int places)
            implements Serializable {
        Unfolding unfolding() {
            return Unfolding.of(exact.structure(), node);
        }
    }

    /**
     * Measures over training samples, on the executors, by both networks in ONNX Runtime, the quantized one simulated.
     */
    static LayerMoments of(Layer layer, Calibration calibration, int samples) {
        return calibration.perPortion(layer, samples, LayerMoments::measure).stream()
                .reduce(LayerMoments::plus)
                .orElseThrow();
    }

    private static LayerMoments measure(Layer layer, Samples samples) {
        Unfolding unfolding = layer.unfolding();
        LayerMoments moments = new LayerMoments(new ArrayList<>());
        for (int group = 0; group < unfolding.groups(); group++) {
            moments.groups.add(new InputMoments(unfolding.inputs(), unfolding.outputsPerGroup()));
        }
        String input = layer.node().inputs().get(0);
        float[] weight =
                layer.exact().parameter(layer.node().parameter("weight")).values();
        int places = Math.min(layer.places(), unfolding.places());
        long[] place = {0};
        try (OnnxTaps exact = OnnxTaps.of(layer.exact(), List.of(input));
                OnnxTaps rounded = OnnxTaps.of(layer.rounded(), layer.quantization(), List.of(input))) {
            samples.forEachBatch(View.plain(), Calibration.BATCH, (rows, from, count) -> {
                float[] exactValues = exact.values(rows, count).get(input);
                float[] roundedValues = rounded.values(rows, count).get(input);
                for (int i = 0; i < count * places; i++) {
                    int at = place(place[0]++, unfolding.places());
                    moments.add(unfolding, weight, exactValues, roundedValues, i / places, at);
                }
            });
        }
        return moments;
    }

    static int place(long k, int places) {
        double turns = k * GOLDEN;
        return (int) ((turns - Math.floor(turns)) * places);
    }

    private void add(
            Unfolding unfolding, float[] weight, float[] exactValues, float[] roundedValues, int sample, int place) {
        float[] exact = new float[unfolding.inputs()];
        float[] rounded = new float[unfolding.inputs()];
        double[] gap = new double[unfolding.outputsPerGroup()];
        for (int group = 0; group < groups.size(); group++) {
            unfolding.unfold(exactValues, sample, place, group, exact);
            unfolding.unfold(roundedValues, sample, place, group, rounded);
            for (int o = 0; o < gap.length; o++) {
                int row = (group * gap.length + o) * exact.length;
                gap[o] = 0;
                for (int i = 0; i < exact.length; i++) {
                    gap[o] += (double) weight[row + i] * ((double) rounded[i] - exact[i]);
                }
            }
            groups.get(group).add(rounded, gap);
        }
    }

    private LayerMoments plus(LayerMoments other) {
        for (int group = 0; group < groups.size(); group++) {
            groups.get(group).add(other.groups.get(group));
        }
        return this;
    }
}
