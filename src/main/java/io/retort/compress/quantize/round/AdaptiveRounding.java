package io.retort.compress.quantize.round;

import io.retort.compress.quantize.round.RoundingSearch.RoundingChoice;
import io.retort.config.SettingException;
import io.retort.network.Network;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
import io.retort.network.int8.AffineCode;
import io.retort.network.int8.Quantization;
import io.retort.network.int8.WeightCodes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Kind {@code adaptive}, AdaRound: each weight goes up or down such that the outputs of its layer change least, which
 * is seldom to nearest, since the errors of weights that are multiplied by like inputs can take each other away (Nagel
 * et al. 2020, arXiv:2004.10568).
 *
 * <p>Layer by layer, in the network's order, it makes {@code E[(ŵ·x̂ − w·x)²]} of each output small, with w and
 * x the float32 network's weights and inputs, and x̂ the inputs that the layers before it give when they are
 * quantized, whose errors it so makes up for (asymmetric reconstruction, equation 25). Where biases are corrected, the
 * variance instead: the bias then takes out the mean that is left, of those same inputs.
 *
 * <p>Unlike the paper, which draws minibatches of stored inputs and compares what is behind the ReLU, this works on the
 * expectation in closed form ({@link InputMoments.Objective}): all that it needs of the samples are sums as large as
 * the layer ({@link InputMoments}), which add up over Spark tasks, and nothing is drawn at random. For a layer without
 * a ReLU that is the paper's objective exactly; before one it is stricter, since outputs count that the ReLU will take
 * away. Each Spark task returns {@code inputs · (inputs + 1) / 2 + inputs · outputs} numbers, with the inputs of one
 * output; a layer with more than {@link #MAX_INPUTS}, 9.4 MB, is rounded to nearest, and so is one of which fewer rows
 * of inputs are seen than it has inputs: G has not full rank then, and what is chosen fits these samples better than
 * others.
 *
 * @param samples of the training data on which inputs are measured; a dense layer needs as many as it has inputs
 * @param places of each sample at which a convolution's inputs are looked at, or all where there are fewer
 * @param iterations of Adam
 * @param learningRate of Adam
 * @param regulariser the weight λ of the sum of {@code 1 − |2h − 1|^β}, where 1 is the error of a weight that is
 *     off by a step
 * @param betaFrom β when the regulariser begins
 * @param betaTo β at the end; it falls linearly
 * @param warmUp the part of the iterations before the regulariser begins
 */
public record AdaptiveRounding(
        int samples,
        int places,
        int iterations,
        double learningRate,
        double regulariser,
        double betaFrom,
        double betaTo,
        double warmUp)
        implements Rounding {
    /** The greatest inputs of an output, as of a 3×3 convolution of 170 channels. */
    static final int MAX_INPUTS = 1536;

    public AdaptiveRounding {
        SettingException.requirePositive("samples", samples);
        SettingException.requirePositive("places", places);
        SettingException.requirePositive("iterations", iterations);
        requirePositive("learning-rate", learningRate);
        requirePositive("regulariser", regulariser);
        if (!(betaTo >= 1 && betaTo <= betaFrom && Double.isFinite(betaFrom))) {
            throw new SettingException(
                    "beta-from",
                    "must be finite and at least beta-to, which is at least 1; were " + betaFrom + " and " + betaTo);
        }
        if (!(warmUp >= 0 && warmUp < 1)) {
            throw new SettingException("warm-up", "must be in [0, 1), was " + warmUp);
        }
    }

    private static void requirePositive(String name, double value) {
        if (!(value > 0 && Double.isFinite(value))) {
            throw new SettingException(name, "must be a finite number > 0, was " + value);
        }
    }

    @Override
    public Network rounded(Network network, Quantization quantization, Context context) {
        Network rounded = new NearestRounding().rounded(network, quantization, context);
        long available = context.calibration().available();
        for (Node node : network.structure().nodes()) {
            if (quantization.weights().containsKey(node.name())
                    && adapts(Unfolding.of(network.structure(), node), available)) {
                LayerMoments moments = LayerMoments.of(
                        new LayerMoments.Layer(network, rounded, quantization, node, places),
                        context.calibration(),
                        samples);
                Map<String, Tensor> parameters = new HashMap<>(rounded.parameters());
                parameters.putAll(reconstructed(network, node, quantization, moments, context));
                rounded = new Network(network.structure(), parameters);
            }
        }
        return rounded;
    }

    @Override
    public String remark(Structure structure, Node node, long available) {
        Unfolding layer = Unfolding.of(structure, node);
        if (adapts(layer, available)) {
            return "; rounded adaptively";
        }
        if (layer.inputs() > MAX_INPUTS) {
            return "; rounded to nearest, for adaptive rounding takes at most " + MAX_INPUTS + " inputs and there are "
                    + layer.inputs();
        }
        return "; rounded to nearest, for it has " + layer.inputs() + " inputs and only " + seen(layer, available)
                + " rows of them are looked at; "
                + (available > samples ? "raise rounding.samples" : "there are no more samples");
    }

    private boolean adapts(Unfolding layer, long available) {
        return layer.inputs() <= MAX_INPUTS && seen(layer, available) >= layer.inputs();
    }

    /** From how many rows of inputs G is made. */
    private long seen(Unfolding layer, long available) {
        return Math.min(samples, available) * Math.min(places, layer.places());
    }

    /** The layer's weights, in whole steps, and the bias that goes with them. */
    private Map<String, Tensor> reconstructed(
            Network network, Node node, Quantization quantization, LayerMoments moments, Context context) {
        Tensor weight = network.parameter(node.parameter("weight"));
        Tensor bias = network.parameters().get(node.parameter("bias"));
        boolean corrects = bias != null && context.correctsBiases();
        int inputs = weight.values().length / weight.sizes().get(0);
        float[] weights = new float[weight.values().length];
        float[] biases = bias == null ? new float[0] : bias.values().clone();
        int output = 0;
        for (InputMoments group : moments.groups()) {
            InputMoments.Objective objective = corrects ? group.variance() : group.meanSquare();
            List<RoundingChoice> choices = new ArrayList<>();
            for (int o = 0; o < objective.slopes().length; o++) {
                choices.add(choice(weight, quantization.weights().get(node.name()), output + o, inputs));
            }
            int[][] codes = new RoundingSearch(this, objective).codes(choices);
            for (int o = 0; o < codes.length; o++, output++) {
                for (int i = 0; i < inputs; i++) {
                    weights[output * inputs + i] = choices.get(o).code().dequantize(codes[o][i]);
                }
                if (corrects) {
                    biases[output] -= (float) group.shift(o, choices.get(o).change(codes[o]));
                }
            }
        }
        Map<String, Tensor> parameters = new HashMap<>();
        parameters.put(node.parameter("weight"), new Tensor(weight.sizes(), weights));
        if (corrects) {
            parameters.put(node.parameter("bias"), new Tensor(bias.sizes(), biases));
        }
        return parameters;
    }

    private static RoundingChoice choice(Tensor weight, WeightCodes codes, int output, int inputs) {
        AffineCode code = codes.of(output);
        return new RoundingChoice(Arrays.copyOfRange(weight.values(), output * inputs, (output + 1) * inputs), code);
    }
}
