package io.retort.compress.quantize;

import io.retort.compress.Calibration;
import io.retort.compress.Compressed.LayerChange;
import io.retort.compress.Compressor.UnreachableException;
import io.retort.compress.ExportFormat;
import io.retort.compress.quantize.calibrate.Calibrator;
import io.retort.compress.quantize.calibrate.Histogram;
import io.retort.compress.quantize.calibrate.Statistics;
import io.retort.compress.quantize.round.Rounding;
import io.retort.compress.quantize.round.Rounding.Correction;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.network.BatchNormFolding;
import io.retort.network.Network;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
import io.retort.network.int8.AffineCode;
import io.retort.network.int8.Quantization;
import io.retort.network.int8.QuantizationFile;
import io.retort.network.int8.WeightCodes;
import java.io.Serializable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Quantizes a trained network: folds BatchNorm, equalises layers, measures the ranges of values on training samples,
 * chooses the codes, rounds the weights, and corrects biases. Nothing is trained (Nagel et al. 2021, arXiv:2106.08295,
 * section 3.5).
 */
public final class Quantizer {
    private final QuantizationConfig coding;

    public Quantizer(QuantizationConfig coding) {
        this.coding = coding;
    }

    /**
     * A network and its codes.
     *
     * @param exact in float32, with what was folded and equalised, but nothing that makes up for rounding
     * @param network in float32, as the codes were chosen for: the same with corrected biases, and weights that are
     *     nearest to their codes
     */
    public record Quantized(Network exact, Network network, Quantization quantization) implements Serializable {
        /** The exact network with these layers' parameters as the codes were chosen for. */
        public Network prepared(Set<String> layers) {
            Map<String, Tensor> parameters = new HashMap<>(exact.parameters());
            for (Node node : network.structure().nodes()) {
                if (layers.contains(node.name())) {
                    for (String name : List.of(node.parameter("weight"), node.parameter("bias"))) {
                        parameters.computeIfPresent(name, (same, before) -> network.parameter(name));
                    }
                }
            }
            return new Network(exact.structure(), parameters);
        }
    }

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
            throw new UnreachableException("except", "names every layer that has weights; leave some out");
        }
        Statistics statistics = Statistics.of(network, plan.values(), calibration, samples);
        Quantization quantization = codes(network, plan, statistics);
        Rounding.Context context = new Rounding.Context(statistics, coding.corrections(), calibration);
        return new Quantized(network, coding.rounding().rounded(network, quantization, context), quantization);
    }

    private Quantization codes(Network network, Int8Plan plan, Statistics statistics) {
        Map<String, AffineCode> values = new HashMap<>();
        Calibrator calibrator = coding.calibrator();
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

    /** The QDQ form of a quantized network. */
    record Int8Form(Quantization quantization) implements ExportFormat {
        @Override
        public byte[] bytes(Network network, List<String> classNames, Map<String, String> provenance) {
            return OnnxModel.quantized(network, quantization, classNames, provenance);
        }

        @Override
        public Optional<byte[]> simulation(Network network, List<String> classNames) {
            return Optional.of(OnnxModel.simulation(network, quantization, classNames));
        }

        @Override
        public Map<String, byte[]> files(Network network) {
            return Map.of(QuantizationFile.NAME, QuantizationFile.bytes(network, quantization));
        }

        /**
         * The change of a layer to int8, with the error of its weights.
         *
         * @param more appended to the description
         */
        static LayerChange change(Node node, Quantized quantized, String more) {
            String weight = node.parameter("weight");
            WeightCodes codes = quantized.quantization().weights().get(node.name());
            AffineCode reads =
                    quantized.quantization().values().get(node.inputs().get(0));
            return LayerChange.of(
                    node.name(),
                    String.format(
                            Locale.ROOT,
                            "int8, %s, reads %.3g to %.3g%s",
                            codes.perChannel() ? codes.codes().size() + " scales" : "1 scale",
                            reads.min(),
                            reads.max(),
                            more),
                    quantized.exact().parameter(weight),
                    codes.roundTrip(quantized.network().parameter(weight)));
        }
    }
}
