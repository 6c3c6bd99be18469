package io.retort.search;

import io.retort.network.InputScaling;
import io.retort.network.Layer;
import io.retort.network.Shape;
import io.retort.network.Signature;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A network cut where a single value leads on: between layers, and around blocks with branches.
 *
 * <p>BatchNorm and activations stay with the layer before them, with which ONNX Runtime runs them as one. Nodes have
 * new names, so that the same block of two networks is the same piece.
 */
final class Pieces {
    private final Structure network;
    private final Map<String, Shape> shapes;

    private Pieces(Structure network) {
        this.network = network;
        this.shapes = network.shapes();
    }

    /**
     * A piece as networks that can be run: its latency is that of {@code with} less that of {@code without}.
     *
     * @param with the piece, and behind it a layer that makes logits of its output
     * @param without that layer alone
     */
    record Piece(Structure with, Structure without) {}

    /** First to last. */
    static List<Piece> of(Structure network) {
        return new Pieces(network).cut();
    }

    private List<Piece> cut() {
        List<Piece> pieces = new ArrayList<>();
        String from = Structure.INPUT;
        List<Node> piece = new ArrayList<>();
        List<Node> nodes = network.nodes();
        for (int i = 0; i < nodes.size(); i++) {
            piece.add(nodes.get(i));
            if (i + 1 == nodes.size() || isCutBefore(i + 1)) {
                pieces.add(piece(from, piece));
                from = nodes.get(i).name();
                piece.clear();
            }
        }
        return pieces;
    }

    /** Whether all later nodes read nothing earlier than the node before this one, and this one begins a piece. */
    private boolean isCutBefore(int next) {
        List<Node> nodes = network.nodes();
        Layer layer = nodes.get(next).layer();
        if (layer instanceof Layer.BatchNorm || layer instanceof Layer.Activate) {
            return false;
        }
        Set<String> reachable = new HashSet<>(Set.of(nodes.get(next - 1).name()));
        for (Node node : nodes.subList(next, nodes.size())) {
            if (!reachable.containsAll(node.inputs())) {
                return false;
            }
            reachable.add(node.name());
        }
        return true;
    }

    private Piece piece(String from, List<Node> piece) {
        Map<String, String> names = new HashMap<>(Map.of(from, Structure.INPUT));
        List<Node> renamed = new ArrayList<>();
        for (Node node : piece) {
            String name = "n" + renamed.size();
            renamed.add(new Node(
                    name, node.layer(), node.inputs().stream().map(names::get).toList()));
            names.put(node.name(), name);
        }
        Shape output = shapes.get(piece.get(piece.size() - 1).name());
        renamed.add(new Node(
                "logits", end(output), List.of(renamed.get(renamed.size() - 1).name())));
        Shape input = shapes.get(from);
        InputScaling scaling = from.equals(Structure.INPUT) ? network.scaling() : InputScaling.none(input.channels());
        return new Piece(
                new Structure(input, scaling, renamed, Signature.none()),
                Structure.from(output).then("logits", end(output)).build());
    }

    private static Layer end(Shape output) {
        return output.isImage() ? new Layer.GlobalAveragePool() : new Layer.Activate(Layer.Activate.Function.RELU);
    }
}
