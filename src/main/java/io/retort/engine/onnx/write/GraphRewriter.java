package io.retort.engine.onnx.write;

import io.retort.network.Node;
import io.retort.network.Tensor;

/** What stands between a network's values and the layers that read them. */
interface GraphRewriter {
    /** Nothing: values and parameters are read as they are. */
    GraphRewriter DIRECT = new GraphRewriter() {
        @Override
        public String value(OnnxGraph graph, String node, String value) {
            return value;
        }

        @Override
        public String parameter(OnnxGraph graph, Node node, String name, Tensor tensor) {
            return graph.initializer(OnnxProtos.floats(node.parameter(name), tensor));
        }
    };

    /**
     * Adds what a node's value goes through.
     *
     * @param value its name
     * @return the name of the value that readers get
     */
    String value(OnnxGraph graph, String node, String value);

    /**
     * Adds a parameter.
     *
     * @return the name of the value that the layer reads
     */
    String parameter(OnnxGraph graph, Node node, String name, Tensor tensor);
}
