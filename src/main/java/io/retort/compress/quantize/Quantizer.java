package io.retort.compress.quantize;

import io.retort.compress.Calibration;
import io.retort.compress.UnreachableException;
import io.retort.network.BatchNormFolding;
import io.retort.network.Network;
import io.retort.network.Node;
import io.retort.network.Tensor;
import io.retort.network.int8.AffineCode;
import io.retort.network.int8.Quantization;
import io.retort.network.int8.WeightCodes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;

/**
 * Quantizes a trained network: folds BatchNorm, equalises layers, measures the ranges of values on training samples, chooses the codes, and corrects
 * biases. Nothing is trained (Nagel et al. 2021, arXiv:2106.08295, section 3.5).
 */
public final class Quantizer {
    private final Coding coding;

    public Quantizer(Coding coding) {
        this.coding = coding;
    }

    /**
     * A network and its codes.
     *
     * @param network in float32, as the codes were chosen for: without BatchNorm that could be folded
     */
    public record Quantized(Network network, Quantization quantization) {}

    /**
     * The network and its codes; equal arguments give equal ones.
     *
     * @param samples of the training data on which values are measured
     */
    public Quantized quantize(Network trained, Calibration calibration, int samples) {
        Network folded = BatchNormFolding.fold(trained);
        Network network = coding.corrections().contains(Correction.CROSS_LAYER_EQUALISATION)
                ? CrossLayerEqualisation.of(folded)
                : folded;
        Int8Plan plan = Int8Plan.of(network.structure(), new HashSet<>(coding.except()));
        if (plan.weights().isEmpty()) {
            throw new UnreachableException("except names every layer that has weights; leave some out");
        }
        Statistics statistics = Statistics.of(network, plan.values(), calibration, samples);
        Quantization quantization = codes(network, plan, statistics);
        return new Quantized(
                coding.corrections().contains(Correction.BIAS_CORRECTION)
                        ? BiasCorrection.of(network, quantization, statistics)
                        : network,
                quantization);
    }

    private Quantization codes(Network network, Int8Plan plan, Statistics statistics) {
        Map<String, AffineCode> values = new HashMap<>();
        Calibrator calibrator = coding.calibrator().calibrator();
        for (String value : plan.values()) {
            String same = plan.sameAs().get(value);
            values.put(
                    value,
                    same != null
                            ? values.get(same)
                            : valueCode(calibrator, statistics.of(value).histogram()));
        }
        return new Quantization(values, weights(network, plan, values));
    }

    /** The codes of the weights, given those of the values. */
    Map<String, WeightCodes> weights(Network network, Int8Plan plan, Map<String, AffineCode> values) {
        Map<String, WeightCodes> weights = new HashMap<>();
        WeightCoding weightCoding = new WeightCoding(coding);
        for (Node node : network.structure().nodes()) {
            if (plan.weights().contains(node.name())) {
                Tensor bias = network.parameters().get(node.parameter("bias"));
                weights.put(
                        node.name(),
                        weightCoding.codes(
                                network.parameter(node.parameter("weight")),
                                bias == null ? new float[0] : bias.values(),
                                values.get(node.inputs().get(0)).scale()));
            }
        }
        return weights;
    }

    /** All 256 codes, whatever the symmetry, since ONNX's QuantizeLinear clamps to no fewer. */
    private AffineCode valueCode(Calibrator calibrator, Histogram histogram) {
        AffineCode code =
                calibrator.range(histogram, coding.values(), Byte.SIZE).code(coding.values(), Byte.SIZE);
        return new AffineCode(code.scale(), code.zeroPoint(), Byte.MIN_VALUE, Byte.MAX_VALUE);
    }
}
