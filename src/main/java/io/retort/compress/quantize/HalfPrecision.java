package io.retort.compress.quantize;

import io.retort.compress.Compressed;
import io.retort.compress.Compressed.LayerChange;
import io.retort.compress.Compressor;
import io.retort.compress.CompressorSettings.AccuracyConstraint;
import io.retort.compress.CompressorSettings.PostTrainingSettings;
import io.retort.compress.PossibleStructures;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.network.BatchNormFolding;
import io.retort.network.Network;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
import io.retort.network.compact.CompactFile.FloatFormat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rounds all parameters to IEEE 754 half precision and stores them so: half of the bytes of float32, and the speed of
 * float32, since that is what is computed with. A weight of at least 2⁻¹⁴ is off by at most its 2⁻¹¹th part, a
 * smaller one by at most 2⁻²⁵. A tensor with a number of 65,520 or beyond stays float32.
 */
public final class HalfPrecision implements Compressor {
    /** Kind {@code float16}. */
    public record Settings(AccuracyConstraint floor) implements PostTrainingSettings {
        @Override
        public Compressor create() {
            return new HalfPrecision();
        }

        @Override
        public List<String> layers(Structure structure) {
            return structure.nodes().stream().map(Node::name).toList();
        }

        @Override
        public String verb() {
            return "has parameters";
        }

        /** No later stage sees the folded BatchNorms, so the structure counts as unchanged. */
        @Override
        public PossibleStructures effect(Structure structure) {
            return PossibleStructures.of(structure);
        }
    }

    private HalfPrecision() {}

    @Override
    public Compressed compress(Network trained, Compressor.Context context) {
        Network folded = BatchNormFolding.fold(trained);
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        folded.parameters().forEach((name, tensor) -> parameters.put(name, FloatFormat.FLOAT16.roundTrip(tensor)));
        Network rounded = new Network(folded.structure(), parameters);
        List<LayerChange> changes = new ArrayList<>();
        for (Node node : folded.structure().nodes()) {
            Tensor weight = folded.parameters().get(node.parameter("weight"));
            if (weight != null) {
                changes.add(change(node, weight, rounded.parameter(node.parameter("weight"))));
            }
        }
        return new Compressed(rounded, context.mask().carriedTo(rounded), OnnxModel::halves, changes);
    }

    private static LayerChange change(Node node, Tensor before, Tensor after) {
        if (!FloatFormat.FLOAT16.holds(before)) {
            return LayerChange.of(node.name(), "left: float32, for a weight has no half");
        }
        return LayerChange.of(node.name(), "float16", before, after);
    }
}
