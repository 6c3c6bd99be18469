package io.retort.engine.dl4j;

import io.retort.engine.dl4j.Assembly.ParameterLocation;
import io.retort.network.Layer;
import io.retort.network.Network;
import io.retort.network.ParameterSpec;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The parameters of a network in a DL4J graph. */
final class GraphParameters {
    private final Structure structure;
    private final Map<String, List<ParameterLocation>> places;
    private final ComputationGraph graph;

    /** A part of the flat parameter vector: elements {@code from} (inclusive) to {@code to} (exclusive). */
    record Range(int from, int to) {}

    GraphParameters(Structure structure, Map<String, List<ParameterLocation>> places, ComputationGraph graph) {
        this.structure = structure;
        this.places = places;
        this.graph = graph;
    }

    /** The places of a node's parameters. */
    List<ParameterLocation> places(String node) {
        return places.get(node);
    }

    /** A parameter in the graph's own memory, with the network's axes. */
    INDArray view(String node, ParameterLocation place) {
        return place.networkView(graph.getLayer(node).getParam(place.key()));
    }

    /** The network with the present values. */
    Network read() {
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        Map<String, ParameterSpec> specs = structure.parameterSpecs();
        places.forEach((node, own) -> {
            for (ParameterLocation place : own) {
                INDArray values = view(node, place).dup('c');
                String name = node + "/" + place.parameter();
                parameters.put(
                        name, new Tensor(specs.get(name).sizes(), values.data().asFloat()));
            }
        });
        return new Network(structure, parameters);
    }

    /** Sets all parameters to those of a network of the same structure. */
    void write(Network network) {
        for (Node node : structure.nodes()) {
            for (ParameterLocation place : places.get(node.name())) {
                write(node.name(), place, network.parameter(node.parameter(place.parameter())));
            }
        }
    }

    /** Sets one parameter of a node, by the network's name of it. */
    void write(String node, String parameter, Tensor tensor) {
        for (ParameterLocation place : places.get(node)) {
            if (place.parameter().equals(parameter)) {
                write(node, place, tensor);
            }
        }
    }

    private void write(String node, ParameterLocation place, Tensor tensor) {
        long[] sizes = tensor.sizes().stream().mapToLong(Integer::longValue).toArray();
        view(node, place).assign(Nd4j.createFromArray(tensor.values()).reshape('c', sizes));
    }

    /** Where parameters of BatchNorms lie in the flat vector; ascending, without overlap. */
    List<Range> ofBatchNorms(Set<String> parameters) {
        List<Range> ranges = new ArrayList<>();
        for (Node node : structure.nodes()) {
            if (node.layer() instanceof Layer.BatchNorm) {
                for (ParameterLocation place : places.get(node.name())) {
                    if (parameters.contains(place.parameter())) {
                        INDArray view = view(node.name(), place);
                        int from = Math.toIntExact(view.offset());
                        ranges.add(new Range(from, from + Math.toIntExact(view.length())));
                    }
                }
            }
        }
        ranges.sort(Comparator.comparingInt(Range::from));
        return ranges;
    }
}
