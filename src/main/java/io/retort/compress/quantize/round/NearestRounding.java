package io.retort.compress.quantize.round;

import io.retort.compress.quantize.calibrate.Statistics;
import io.retort.compress.quantize.calibrate.Statistics.ValueStatistics;
import io.retort.network.Network;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
import io.retort.network.int8.Quantization;
import io.retort.network.int8.WeightCodes;
import java.util.HashMap;
import java.util.Map;

/** Kind {@code nearest}: to nearest, ties to even; each weight by itself, whatever it is multiplied by. */
public record NearestRounding() implements Rounding {
    @Override
    public Network rounded(Network network, Quantization quantization, Context context) {
        return context.correctsBiases() ? withCorrectedBiases(network, quantization, context.statistics()) : network;
    }

    @Override
    public String remark(Structure structure, Node node, long available) {
        return "";
    }

    /**
     * Takes the mean error of a layer's output that the rounding of its weights causes from each bias:
     * {@code b' = b − Σ (Ŵ − W) · E[x]}, with E[x] the mean of each input channel over the calibration samples
     * (Nagel et al. 2019, arXiv:1906.04721, section 4.2).
     *
     * <p>At an image's border, where padding makes the mean smaller, it is an approximation. A layer without a bias is
     * left as it is.
     */
    static Network withCorrectedBiases(Network network, Quantization quantization, Statistics statistics) {
        Map<String, Tensor> parameters = new HashMap<>(network.parameters());
        for (Node node : network.structure().nodes()) {
            WeightCodes codes = quantization.weights().get(node.name());
            if (codes != null) {
                ValueStatistics inputs = statistics.of(node.inputs().get(0));
                WeightLayout layout = WeightLayout.of(network, node);
                parameters.computeIfPresent(
                        node.parameter("bias"), (name, bias) -> corrected(bias, layout, codes, inputs));
            }
        }
        return new Network(network.structure(), parameters);
    }

    private static Tensor corrected(Tensor bias, WeightLayout layout, WeightCodes codes, ValueStatistics inputs) {
        float[] before = layout.weight().values();
        float[] after = codes.roundTrip(layout.weight()).values();
        double[] shift = new double[layout.outputs()];
        for (int i = 0; i < before.length; i++) {
            shift[layout.outputOf(i)] += ((double) after[i] - before[i]) * inputs.mean(layout.inputOf(i));
        }
        float[] corrected = bias.values().clone();
        for (int o = 0; o < corrected.length; o++) {
            corrected[o] -= (float) shift[o];
        }
        return new Tensor(bias.sizes(), corrected);
    }
}
