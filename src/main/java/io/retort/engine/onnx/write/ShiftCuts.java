package io.retort.engine.onnx.write;

import io.retort.network.MovingLayer;
import io.retort.network.Shape;
import io.retort.network.Structure.Node;
import java.util.ArrayList;
import java.util.List;

/** A shift as memory moved: the image gets a margin of zeros, and each part of its channels is another cut of that. */
final class ShiftCuts {
    private final OnnxGraph graph;
    private final Node node;
    private final MovingLayer.Shift layer;
    private final Shape shape;
    private final int half;

    private ShiftCuts(OnnxGraph graph, Node node, MovingLayer.Shift layer, Shape shape) {
        this.graph = graph;
        this.node = node;
        this.layer = layer;
        this.shape = shape;
        half = layer.kernel() / 2;
    }

    /** Adds the cuts; the result names their values, in the order of the channels. */
    static List<String> of(OnnxGraph graph, Node node, MovingLayer.Shift layer, String input, Shape shape) {
        return new ShiftCuts(graph, node, layer, shape).cuts(input);
    }

    private List<String> cuts(String input) {
        String margins = constants("margins", 0, 0, half, half, 0, 0, half, half);
        String padded = graph.node("Pad", node.parameter("padded"), List.of(input, margins), List.of());
        String axes = constants("axes", 1, 2, 3);
        List<String> cuts = new ArrayList<>();
        int first = 0;
        while (first < shape.channels()) {
            int next = endOfPart(first);
            cuts.add(cut(padded, axes, "part" + cuts.size(), first, next));
            first = next;
        }
        return cuts;
    }

    private String cut(String padded, String axes, String name, int first, int next) {
        MovingLayer.Shift.Offset offset = layer.offset(first, shape.channels());
        int row = half + offset.down();
        int column = half + offset.right();
        String starts = constants(name + ".starts", first, row, column);
        String ends = constants(name + ".ends", next, row + shape.height(), column + shape.width());
        return graph.node("Slice", node.parameter(name), List.of(padded, starts, ends, axes), List.of());
    }

    /** The channel after the last that looks where channel {@code first} does. */
    private int endOfPart(int first) {
        MovingLayer.Shift.Offset offset = layer.offset(first, shape.channels());
        int next = first + 1;
        while (next < shape.channels() && layer.offset(next, shape.channels()).equals(offset)) {
            next++;
        }
        return next;
    }

    private String constants(String name, long... values) {
        return graph.initializer(OnnxProtos.whole(node.parameter(name), values));
    }
}
