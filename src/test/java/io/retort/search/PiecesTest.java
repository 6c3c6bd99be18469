package io.retort.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.network.Cost;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.zoo.ConvNet;
import io.retort.search.Pieces.Piece;
import java.util.List;
import org.junit.jupiter.api.Test;

class PiecesTest {
    private static Structure convNet(String... chain) {
        return new ConvNet(List.of(chain)).build(Shape.image(1, 28, 28), 10);
    }

    @Test
    void cutsWhereOneValueLeadsOn() {
        List<Piece> pieces = Pieces.of(convNet("cbr8", "max", "res16", "squeeze4"));
        assertThat(pieces)
                .extracting(piece -> piece.with().input())
                .startsWith(
                        Shape.image(1, 28, 28),
                        Shape.image(8, 28, 28),
                        Shape.image(8, 14, 14),
                        Shape.image(16, 14, 14));
        // Convolution, BatchNorm, ReLU, and the mean that makes logits of them.
        assertThat(pieces.get(0).with().nodes()).hasSize(4);
        assertThat(pieces.get(1).with().nodes()).hasSize(2);
        assertThat(pieces.get(2).with().nodes())
                .extracting(Node::layer)
                .anyMatch(layer -> layer instanceof io.retort.network.Layer.Add);
        assertThat(pieces.get(2).without().input()).isEqualTo(Shape.image(16, 14, 14));
    }

    @Test
    void holdsTheWholeNetwork() {
        Structure network = convNet("cbr8", "max", "shuffle16*2", "squeeze4", "inverted24");
        assertThat(Pieces.of(network).stream()
                        .mapToLong(piece -> Cost.of(piece.with()).macs())
                        .sum())
                .isEqualTo(Cost.of(network).macs());
        assertThat(Pieces.of(network).stream()
                        .mapToInt(piece -> piece.with().nodes().size() - 1)
                        .sum())
                .isEqualTo(network.nodes().size());
    }

    @Test
    void theSameBlockOfTwoNetworksIsTheSamePiece() {
        List<Piece> one = Pieces.of(convNet("cbr8", "max", "dws16", "dws16"));
        List<Piece> other = Pieces.of(convNet("cbr4", "cbr8", "max", "dws16"));
        assertThat(other).containsAll(one.subList(1, 3)).doesNotContain(one.get(0));
    }
}
