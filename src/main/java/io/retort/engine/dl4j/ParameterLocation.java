package io.retort.engine.dl4j;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where one of a node's parameters lives in a DL4J graph.
 *
 * @param parameter its name within the node, as {@link io.retort.network.ParameterSpec} has it
 * @param key its name within the DL4J layer
 * @param toNetwork the permutation of the DL4J array's axes that gives the network's axes
 */
record ParameterLocation(String parameter, String key, List<Integer> toNetwork) {
    /** A vector, which needs no permutation. */
    static ParameterLocation vector(String parameter, String key) {
        return new ParameterLocation(parameter, key, List.of(0));
    }

    static ParameterLocation permuted(String parameter, String key, Integer... toNetwork) {
        return new ParameterLocation(parameter, key, List.of(toNetwork));
    }

    /** The layer's array as a view with the network's axes. */
    INDArray networkView(INDArray layerArray) {
        if (toNetwork.size() == 1) {
            return layerArray.reshape(layerArray.length()); // DL4J has vectors as rows
        }
        return layerArray.permute(toNetwork.stream().mapToInt(Integer::intValue).toArray());
    }
}
