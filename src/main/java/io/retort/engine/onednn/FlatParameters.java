package io.retort.engine.onednn;

import io.retort.engine.TrainableNetwork.TapHead;
import io.retort.network.Layer;
import io.retort.network.Network;
import io.retort.network.ParameterSpec;
import io.retort.network.ParameterSpec.Role;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where each parameter lies in one flat array: in the structure's order, each row-major. */
final class FlatParameters {
    /** What an optimiser does with a range. */
    enum Kind {
        /** It moves them, with weight decay. */
        DECAYED,
        /** It moves them without. */
        TRAINED,
        /** The data moves them: their gradient is subtracted. */
        STATISTIC
    }

    /** Elements {@code from} (inclusive) to {@code to} (exclusive). */
    record Range(int from, int to, Kind kind) {
        int length() {
            return to - from;
        }
    }

    private final Structure structure;
    private final Map<String, Range> ranges = new LinkedHashMap<>();
    private int length;

    FlatParameters(Structure structure) {
        this.structure = structure;
        Map<String, ParameterSpec> specs = structure.parameterSpecs();
        for (Node node : structure.nodes()) {
            boolean decays = node.layer() instanceof Layer.Conv
                    || node.layer() instanceof Layer.DepthwiseConv
                    || node.layer() instanceof Layer.GroupedConv
                    || node.layer() instanceof Layer.Dense;
            specs.forEach((name, spec) -> {
                if (name.equals(node.parameter(spec.name()))) {
                    Kind weights = decays && spec.name().equals("weight") ? Kind.DECAYED : Kind.TRAINED;
                    add(name, spec.elements(), spec.role() == Role.STATISTIC ? Kind.STATISTIC : weights);
                }
            });
        }
    }

    /** Those of a network, then those of the connectors at its taps. */
    static FlatParameters of(Structure structure, List<TapHead> taps) {
        FlatParameters places = new FlatParameters(structure);
        for (int i = 0; i < taps.size(); i++) {
            String connector = ProgramWriter.connector(i);
            int inputs = structure.shapes().get(taps.get(i).tap()).channels();
            taps.get(i).connectorOutputs().ifPresent(outputs -> {
                places.add(connector + "/weight", inputs * outputs, Kind.DECAYED);
                places.add(connector + "/bias", outputs, Kind.TRAINED);
            });
        }
        return places;
    }

    /** Adds a parameter that is not the network's own, at the end. */
    void add(String name, int elements, Kind kind) {
        ranges.put(name, new Range(length, length + elements, kind));
        length += elements;
    }

    int length() {
        return length;
    }

    Range range(String name) {
        return ranges.get(name);
    }

    List<Range> ranges() {
        return List.copyOf(ranges.values());
    }

    /** The scales of all BatchNorms. */
    List<Range> scales() {
        List<Range> scales = new ArrayList<>();
        for (Node node : structure.nodes()) {
            if (node.layer() instanceof Layer.BatchNorm) {
                scales.add(range(node.parameter("scale")));
            }
        }
        return scales;
    }

    void write(Network network, float[] into) {
        network.parameters().forEach((name, tensor) -> write(name, tensor.values(), into));
    }

    void write(String name, float[] values, float[] into) {
        System.arraycopy(values, 0, into, range(name).from(), values.length);
    }

    Network read(float[] flat) {
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        structure.parameterSpecs().forEach((name, spec) -> {
            Range range = range(name);
            parameters.put(name, new Tensor(spec.sizes(), Arrays.copyOfRange(flat, range.from(), range.to())));
        });
        return new Network(structure, parameters);
    }
}
