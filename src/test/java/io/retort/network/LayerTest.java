package io.retort.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.network.Layer.Bias;
import io.retort.network.MovingLayer.ActiveShift;
import io.retort.network.MovingLayer.ChannelShift;
import io.retort.network.MovingLayer.ChannelShuffle;
import io.retort.network.MovingLayer.Shift;
import io.retort.network.MovingLayer.Shift.Directions;
import io.retort.network.MovingLayer.Shift.Offset;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What layers say of their own channels, and the inputs that they refuse. */
class LayerTest {
    @Test
    void aShuffleDealsThePartsOutInTurn() {
        // parts (0 1 2) and (3 4 5)
        ChannelShuffle shuffle = new ChannelShuffle(2);
        assertThat(IntStream.range(0, 6).map(c -> shuffle.source(c, 6))).containsExactly(0, 3, 1, 4, 2, 5);
    }

    @Test
    void aChannelShiftMovesChannelsUpInACircle() {
        ChannelShift shift = new ChannelShift(2);
        assertThat(IntStream.range(0, 5).map(c -> shift.source(c, 5))).containsExactly(3, 4, 0, 1, 2);
    }

    @Test
    void aShiftLooksAtEachCellAndLeavesTheRestStraight() {
        // 20 channels: two for each of nine cells, and two more
        Shift grid = new Shift(3, Directions.GRID);
        assertThat(IntStream.range(0, 20).mapToObj(c -> grid.offset(c, 20)))
                .startsWith(new Offset(-1, -1), new Offset(-1, -1), new Offset(-1, 0), new Offset(-1, 0))
                .contains(new Offset(0, 1), new Offset(1, 1))
                .endsWith(new Offset(1, 1), new Offset(1, 1), new Offset(0, 0), new Offset(0, 0));
        Shift cross = new Shift(5, Directions.CROSS);
        assertThat(IntStream.range(0, 6).mapToObj(c -> cross.offset(c, 6)))
                .containsExactly(
                        new Offset(-2, 0),
                        new Offset(2, 0),
                        new Offset(0, -2),
                        new Offset(0, 2),
                        new Offset(0, 0),
                        new Offset(0, 0));
    }

    @Test
    void wholeDisplacementsAreRoundedWithHalvesUp() {
        assertThat(List.of(-1.5f, -0.51f, -0.5f, 0.49f, 0.5f, 2f))
                .extracting(ActiveShift.Displacements.WHOLE::used)
                .containsExactly(-1f, -1f, 0f, 0f, 1f, 2f);
        assertThat(ActiveShift.Displacements.REAL.used(0.49f)).isEqualTo(0.49f);
    }

    @Test
    void refuseInputsThatDoNotFit() {
        assertRefused(
                new Layer.GroupedConv(8, 3, Window.same(3), Bias.NONE),
                "node 'tested': grouped-conv of 3 groups needs numbers of channels that 3 divides, but has 6 inputs and 8"
                        + " outputs");
        assertRefused(
                new ChannelShuffle(4),
                "node 'tested': channel-shuffle of 4 groups needs a number of channels that 4 divides, but its input is"
                        + " [6, 4, 4]");
        assertRefused(
                new Layer.Slice(4, 3),
                "node 'tested': slice of 3 channels from 4 on does not fit an input of [6, 4, 4]");
        assertRefused(
                new Shift(3, Directions.GRID),
                "node 'tested': shift in 9 directions needs at least 9 channels, but its input is [6, 4, 4]");
        assertRefused(new Layer.Concat(), "node 'tested': concat needs at least two inputs, has 1");
        assertRefused(
                new Layer.Gate(),
                "node 'tested': gate needs an image [channels, height, width] and its gates [channels] or"
                        + " [channels, 1, 1], has [[6, 4, 4]]");
        Structure.Builder smaller = Structure.from(Shape.image(6, 4, 4))
                .then("pool", new Layer.Pool(Layer.Pool.Kind.MAX, Window.valid(2, 2)));
        assertThatThrownBy(() -> smaller.join("tested", new Layer.Concat(), "input", "pool")
                        .shape())
                .hasMessage("node 'tested': concat needs inputs of one height and width, or vectors, has"
                        + " [[6, 4, 4], [6, 2, 2]]");
    }

    @Test
    void refuseSettingsOutsideTheirRange() {
        assertThatThrownBy(() -> new Shift(4, Directions.GRID))
                .hasMessage("shift kernel must be odd and from 3 to 99, was 4");
        assertThatThrownBy(() -> new ActiveShift(ActiveShift.Displacements.WHOLE, Double.NaN))
                .hasMessage("active-shift penalty must be at least 0 and finite, was NaN");
        assertThatThrownBy(() -> new Layer.Pool(Layer.Pool.Kind.MAX, Window.dilated(3, 2)))
                .hasMessage("a pool's window must not be dilated, but has dilation 2x2");
        assertThatThrownBy(() -> new Layer.Slice(-1, 2)).hasMessage("slice first must be at least 0, was -1");
        assertThatThrownBy(() -> new Window(3, 3, 1, 1, 5, 4, 2, 2))
                .hasMessage("padding 5x4 must be at least 0 and smaller than the kernel 3x3 of dilation 2x2");
    }

    private static void assertRefused(Layer layer, String message) {
        assertThatThrownBy(() -> Structure.from(Shape.image(6, 4, 4))
                        .then("tested", layer)
                        .shape())
                .isInstanceOf(ShapeException.class)
                .hasMessage(message);
    }
}
