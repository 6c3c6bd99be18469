package io.retort.engine.dl4j;

import java.util.List;
import java.util.Map;

/** Turns the nodes of a structure into vertices of a DL4J graph. */
interface Assembly {
    /** DL4J's names of BatchNorm's parameters, in its own flat order. */
    List<Place> BATCH_NORM = List.of(
            Place.vector("scale", "gamma"),
            Place.vector("shift", "beta"),
            Place.vector("mean", "mean"),
            Place.vector("variance", "var"));

    /** Adds all nodes; the result says for each node where its parameters are, in the vertex of the node's own name. */
    Map<String, List<Place>> assemble();

    /** The vertex that gives a node's output. */
    String vertex(String nodeName);

    /** The axis of an image's channels. */
    int channelAxis();
}
