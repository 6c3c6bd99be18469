package io.retort.compress.quantize;

import io.retort.compress.quantize.code.Int8Plan;
import io.retort.network.Layer;
import io.retort.network.Network;
import io.retort.network.Node;
import io.retort.network.Structure;
import io.retort.network.Tensor;
import io.retort.network.int8.AffineCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
        Node rounding = new Node(value + SUFFIX, new Layer.FakeQuantize(code.zeroPoint(), weightBits), List.of(value));
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
                float logScale = rounding.parameter(node.parameter("log-scale")).values()[0];
                learned.put(
                        node.inputs().get(0),
                        new AffineCode(
                                Layer.FakeQuantize.scale(logScale), fake.zeroPoint(), Byte.MIN_VALUE, Byte.MAX_VALUE));
            }
        }
        plan.sameAs().forEach((value, same) -> learned.put(value, learned.get(same)));
        return learned;
    }
}
