package io.retort.compress.quantize;

import io.retort.compress.Compressed;
import io.retort.compress.Compressed.LayerChange;
import io.retort.compress.Compressor;
import io.retort.compress.CompressorSettings;
import io.retort.compress.CompressorSettings.AccuracyConstraint;
import io.retort.compress.quantize.Int8Plan.Int8Kernel;
import io.retort.compress.quantize.QuantizationConfig.Granularity;
import io.retort.compress.quantize.Quantizer.Int8Form;
import io.retort.compress.quantize.calibrate.Calibrator;
import io.retort.compress.quantize.round.NearestRounding;
import io.retort.config.SettingException;
import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import io.retort.network.BatchNormFolding;
import io.retort.network.Layer;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
import io.retort.network.int8.AffineCode;
import io.retort.network.int8.AffineCode.Symmetry;
import io.retort.network.int8.Quantization;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Fine-tunes a network with the rounding of int8 built in, together with the losses of distillation, and quantizes what
 * comes out (Jacob et al. 2017, arXiv:1712.05877, section 3; Mishra and Marr 2017, arXiv:1711.05852, scheme C).
 *
 * <p>BatchNorm is folded first, so that training multiplies the very weights that int8 inference does; its statistics
 * are those of inference and move no more. One that cannot be folded, because it is not alone behind a layer with
 * weights, trains as it would in any other stage. Scales of values begin where a calibrator puts them and are learned,
 * zero points stay; scales of weights follow the weights. Weights are rounded symmetrically, one scale for each output
 * channel.
 */
public final class QuantizeInTraining implements Compressor {
    /**
     * Kind {@code quantize-in-training}.
     *
     * @param samples of the training data on which values are measured
     * @param calibrator chooses the ranges of values at which training begins
     */
    public record Settings(
            int samples,
            Calibrator calibrator,
            Symmetry values,
            int weightBits,
            TrainingSettings training,
            long seed,
            Optional<List<LossSettings>> losses,
            AccuracyConstraint floor)
            implements CompressorSettings {
        public Settings {
            SettingException.requirePositive("samples", samples);
            if (losses.isPresent() && losses.get().isEmpty()) {
                throw new SettingException(
                        "losses",
                        "must not be empty, since it is training that quantizes; use kind quantize to train nothing");
            }
            QuantizationConfig.check(Symmetry.SYMMETRIC, Granularity.PER_CHANNEL, weightBits, List.of());
        }

        QuantizationConfig coding() {
            return new QuantizationConfig(
                    calibrator,
                    values,
                    new Calibrator.MinMax(),
                    Symmetry.SYMMETRIC,
                    Granularity.PER_CHANNEL,
                    weightBits,
                    new NearestRounding(),
                    List.of(),
                    List.of());
        }

        @Override
        public Compressor create() {
            return new QuantizeInTraining(this);
        }

        @Override
        public List<String> layers(Structure structure) {
            return Int8Kernel.weighted(structure);
        }

        /** Without the taps that the folding of BatchNorm takes away or changes. */
        @Override
        public Map<String, Shape> taps(Structure structure) {
            Map<String, Shape> taps = new TreeMap<>(structure.taps());
            Set<String> kept = BatchNormFolding.fold(Network.initialised(structure, 0)).structure().nodes().stream()
                    .map(Node::name)
                    .collect(Collectors.toSet());
            for (Node node : structure.nodes()) {
                if (!kept.contains(node.name())) {
                    taps.remove(node.name());
                    taps.remove(node.inputs().get(0));
                }
            }
            return taps;
        }

        @Override
        public Optional<String> constraint() {
            return Optional.of("rounding while it is trained, which no other trainer does to weights");
        }

        /** A stage after it would train and write float32. */
        @Override
        public boolean isLast() {
            return true;
        }
    }

    private final Settings settings;

    private QuantizeInTraining(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Compressed compress(Network trained, Compressor.Context context) {
        Quantizer quantizer = new Quantizer(settings.coding());
        Quantizer.Quantized start = quantizer.quantize(trained, context.calibration(), settings.samples());
        Int8Plan plan = Int8Plan.of(start.network().structure(), new HashSet<>());
        FakeQuantization fake = new FakeQuantization(start.network(), plan, settings.weightBits());
        Network rounding = fake.inserted(start.quantization().values());
        Mask mask = context.mask().carriedTo(rounding);
        return Compressed.unfinished(rounding, mask, after -> {
            Network network = fake.trained(after);
            Map<String, AffineCode> values = fake.codes(after);
            Quantization learned = new Quantization(values, quantizer.weights(network, plan, values));
            return new Compressed(
                    network,
                    mask.carriedTo(network),
                    new Int8Form(learned),
                    changes(new Quantizer.Quantized(network, network, learned), start.quantization()));
        });
    }

    private static List<LayerChange> changes(Quantizer.Quantized learned, Quantization start) {
        List<LayerChange> changes = new ArrayList<>();
        for (Node node : learned.network().structure().nodes()) {
            if (learned.quantization().weights().containsKey(node.name())) {
                AffineCode before = start.values().get(node.inputs().get(0));
                changes.add(Int8Form.change(
                        node, learned, String.format("; before training %.3g to %.3g", before.min(), before.max())));
            } else if (learned.network().parameters().containsKey(node.parameter("weight"))) {
                changes.add(LayerChange.of(node.name(), "left: no int8 kernel"));
            } else if (node.layer() instanceof Layer.BatchNorm) {
                changes.add(LayerChange.of(
                        node.name(), "left: it is behind no layer that it folds into, and saw statistics of batches"));
            }
        }
        return changes;
    }

    /**
     * A network with the rounding of int8 built in, so that training sees it: a {@link Layer.FakeQuantize} behind each
     * value that has a code of its own.
     *
     * @param network without
     * @param plan of its structure
     * @param weightBits to which the weights of int8 layers are rounded
     */
    record FakeQuantization(Network network, Int8Plan plan, int weightBits) {
        /** Not a suffix that an architecture uses. */
        private static final String SUFFIX = ".rounded";

        /**
         * The network with rounding.
         *
         * @param codes of the plan's values, where training begins
         */
        Network inserted(Map<String, AffineCode> codes) {
            List<Node> nodes = new ArrayList<>();
            Map<String, Tensor> parameters = new HashMap<>(network.parameters());
            Map<String, String> read = new HashMap<>();
            round(Structure.INPUT, codes, nodes, parameters, read);
            for (Node node : network.structure().nodes()) {
                List<String> inputs = node.inputs().stream()
                        .map(input -> read.getOrDefault(input, input))
                        .toList();
                nodes.add(new Node(node.name(), node.layer(), inputs));
                round(node.name(), codes, nodes, parameters, read);
            }
            return new Network(network.structure().withNodes(nodes), parameters);
        }

        private void round(
                String value,
                Map<String, AffineCode> codes,
                List<Node> nodes,
                Map<String, Tensor> parameters,
                Map<String, String> read) {
            if (!plan.values().contains(value) || plan.sameAs().containsKey(value)) {
                return;
            }
            AffineCode code = codes.get(value);
            Node rounding =
                    new Node(value + SUFFIX, new Layer.FakeQuantize(code.zeroPoint(), weightBits), List.of(value));
            nodes.add(rounding);
            parameters.put(rounding.parameter("log-scale"), new Tensor(List.of(1), new float[] {
                (float) Math.log(code.scale())
            }));
            read.put(value, rounding.name());
        }

        /** The network with the parameters that it has after training with rounding. */
        Network trained(Network rounding) {
            Map<String, Tensor> parameters = new HashMap<>(rounding.parameters());
            parameters.keySet().retainAll(network.parameters().keySet());
            return new Network(network.structure(), parameters);
        }

        /** The codes of the plan's values after training with rounding. */
        Map<String, AffineCode> codes(Network rounding) {
            Map<String, AffineCode> learned = new HashMap<>();
            for (Node node : rounding.structure().nodes()) {
                if (node.layer() instanceof Layer.FakeQuantize fake) {
                    float logScale =
                            rounding.parameter(node.parameter("log-scale")).values()[0];
                    learned.put(
                            node.inputs().get(0),
                            new AffineCode(
                                    Layer.FakeQuantize.scale(logScale),
                                    fake.zeroPoint(),
                                    Byte.MIN_VALUE,
                                    Byte.MAX_VALUE));
                }
            }
            plan.sameAs().forEach((value, same) -> learned.put(value, learned.get(same)));
            return learned;
        }
    }
}
