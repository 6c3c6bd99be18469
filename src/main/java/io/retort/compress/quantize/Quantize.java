package io.retort.compress.quantize;

import io.retort.compress.Compressed;
import io.retort.compress.Compressed.LayerChange;
import io.retort.compress.Compressor;
import io.retort.compress.Compressor.UnreachableException;
import io.retort.compress.CompressorSettings.AccuracyConstraint;
import io.retort.compress.CompressorSettings.PostTrainingSettings;
import io.retort.compress.quantize.Int8Plan.Int8Kernel;
import io.retort.compress.quantize.QuantizationConfig.Granularity;
import io.retort.compress.quantize.Quantizer.Int8Form;
import io.retort.compress.quantize.calibrate.Calibrator;
import io.retort.compress.quantize.round.Rounding;
import io.retort.compress.quantize.round.Rounding.Correction;
import io.retort.config.SettingException;
import io.retort.network.Network;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
import io.retort.network.TokenLayer;
import io.retort.network.int8.AffineCode;
import io.retort.network.int8.AffineCode.Symmetry;
import io.retort.network.int8.Quantization;
import io.retort.network.int8.WeightCodes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Quantizes a network after training, and keeps as many layers in float32 as it takes to predict what float32 does.
 *
 * <p>Each layer's own error is that of the logits when it alone is quantized; the layer whose is greatest is the first
 * to stay float32 (Nagel et al. 2021, arXiv:2106.08295, section 3.7).
 */
public final class Quantize implements Compressor {
    /** More samples do not change the order of layers. */
    private static final int MAX_FIDELITY_SAMPLES = 512;

    /**
     * Kind {@code quantize}.
     *
     * @param samples of the training data on which values are measured
     * @param rounding of weights to codes
     * @param agreement the part of these samples on which int8 must predict what float32 does, in [0, 1]
     * @param except names of layers that stay float32
     */
    public record Settings(
            int samples,
            Calibrator calibrator,
            Symmetry values,
            Calibrator weightCalibrator,
            Symmetry weights,
            Granularity granularity,
            int weightBits,
            Rounding rounding,
            List<Correction> corrections,
            List<String> except,
            double agreement,
            AccuracyConstraint floor)
            implements PostTrainingSettings {
        public Settings {
            corrections = List.copyOf(corrections);
            except = List.copyOf(except);
            SettingException.requirePositive("samples", samples);
            if (!(agreement >= 0 && agreement <= 1)) {
                throw new SettingException("agreement", "must be in [0, 1], was " + agreement);
            }
            QuantizationConfig.check(weights, granularity, weightBits, corrections);
        }

        @Override
        public Compressor create() {
            return new Quantize(this);
        }

        @Override
        public List<String> layers(Structure structure) {
            return Int8Kernel.weighted(structure);
        }

        QuantizationConfig coding(List<String> inFloat) {
            return new QuantizationConfig(
                    calibrator,
                    values,
                    weightCalibrator,
                    weights,
                    granularity,
                    weightBits,
                    rounding,
                    corrections,
                    inFloat);
        }
    }

    private final Settings settings;

    private Quantize(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Compressed compress(Network trained, Compressor.Context context) {
        List<String> inFloat = new ArrayList<>(settings.except());
        while (true) {
            Quantizer.Quantized quantized = new Quantizer(settings.coding(inFloat))
                    .quantize(trained, context.calibration(), settings.samples());
            Map<String, SignalToNoise> alone = new HashMap<>();
            SignalToNoise together = fidelity(quantized, context, alone);
            if (together.agreement() >= settings.agreement()) {
                return compressed(quantized, context, alone);
            }
            if (alone.size() == 1) {
                throw new UnreachableException(
                        "agreement",
                        String.format(
                                Locale.ROOT,
                                "is %.4f with one layer in int8, of %.4f that must be reached; raise weight-bits, or"
                                        + " lower agreement",
                                together.agreement(),
                                settings.agreement()));
            }
            inFloat.add(worst(alone));
        }
    }

    /** The fidelity of all layers together, and that of each by itself. */
    private SignalToNoise fidelity(
            Quantizer.Quantized quantized, Compressor.Context context, Map<String, SignalToNoise> alone) {
        Quantization all = quantized.quantization();
        List<String> layers = List.copyOf(all.weights().keySet());
        List<Quantization> variants = new ArrayList<>(List.of(all));
        layers.forEach(layer -> variants.add(only(layer, quantized)));
        List<SignalToNoise> measured = SignalToNoise.of(
                quantized,
                variants,
                context.calibration().choosing(),
                Math.min(MAX_FIDELITY_SAMPLES, settings.samples()));
        for (int i = 0; i < layers.size(); i++) {
            alone.put(layers.get(i), measured.get(i + 1));
        }
        return measured.get(0);
    }

    /** One layer's weights, its input and its output. */
    private static Quantization only(String layer, Quantizer.Quantized quantized) {
        Quantization all = quantized.quantization();
        Map<String, AffineCode> values = new HashMap<>();
        for (Node node : quantized.network().structure().nodes()) {
            if (node.name().equals(layer)) {
                String input = node.inputs().get(0);
                values.put(input, all.values().get(input));
            }
        }
        String output = valueOf(layer, quantized);
        if (all.values().containsKey(output)) {
            values.put(output, all.values().get(output));
        }
        return new Quantization(values, Map.of(layer, all.weights().get(layer)));
    }

    /**
     * The value that a layer's int8 kernel outputs: that of the activation fused with it, where its own has no code.
     */
    private static String valueOf(String layer, Quantizer.Quantized quantized) {
        if (quantized.quantization().values().containsKey(layer)) {
            return layer;
        }
        return quantized.network().structure().nodes().stream()
                .filter(node -> node.inputs().equals(List.of(layer)))
                .map(Node::name)
                .findFirst()
                .orElse(layer);
    }

    private static String worst(Map<String, SignalToNoise> alone) {
        return alone.entrySet().stream()
                .min(Map.Entry.<String, SignalToNoise>comparingByValue(
                                (left, right) -> Double.compare(left.decibels(), right.decibels()))
                        .thenComparing(Map.Entry.comparingByKey()))
                .orElseThrow()
                .getKey();
    }

    private String reason(Node node) {
        if (settings.except().contains(node.name())) {
            return "in except";
        }
        return Int8Kernel.of(node.layer(), node.inputs().size()) == Int8Kernel.WEIGHTED
                ? "float32 for agreement"
                : "no int8 kernel";
    }

    private Compressed compressed(
            Quantizer.Quantized quantized, Compressor.Context context, Map<String, SignalToNoise> alone) {
        Network network = quantized.network();
        List<LayerChange> changes = new ArrayList<>();
        for (Node node : network.structure().nodes()) {
            Tensor weight = network.parameters().get(node.parameter("weight"));
            WeightCodes codes = quantized.quantization().weights().get(node.name());
            if (codes != null) {
                SignalToNoise fidelity = alone.get(node.name());
                changes.add(Int8Form.change(
                        node,
                        quantized,
                        String.format(
                                Locale.ROOT,
                                "; logits %.1f dB above the error when quantized alone%s",
                                fidelity.decibels(),
                                settings.rounding()
                                        .remark(
                                                network.structure(),
                                                node,
                                                context.calibration().available()))));
            } else if (weight != null) {
                changes.add(LayerChange.of(node.name(), "left: " + reason(node)));
            } else if (node.layer() instanceof TokenLayer) {
                changes.add(LayerChange.of(node.name(), "left: float32, for rows of a table are not multiplied"));
            }
        }
        return new Compressed(
                network, context.mask().carriedTo(network), new Int8Form(quantized.quantization()), changes);
    }
}
