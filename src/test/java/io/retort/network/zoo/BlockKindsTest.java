package io.retort.network.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.network.Cost;
import io.retort.network.Layer;
import io.retort.network.Shape;
import io.retort.network.ShapeException;
import io.retort.network.Structure.Node;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Walks the list of blocks: one without an example here fails. */
public class BlockKindsTest {
    private static final Shape INPUT = Shape.image(8, 6, 6);

    /** By block: it once where the channels change, once where they stay, and once with stride 2 where it can. */
    private static final Map<String, List<String>> CHAINS = new TreeMap<>(Map.ofEntries(
            example("active", "active16x2", "active16x2", "active12x1/2"),
            example("address", "address16x2", "address16x2", "address12x1/2"),
            example("asymmetric", "asymmetric8x5", "asymmetric6/2"),
            example("bottleneck", "bottleneck16x2", "bottleneck16", "bottleneck24/2"),
            example("cbr", "cbr6", "cbr8/2"),
            example("dilated", "dilated6", "dilated6x3"),
            example("dws", "dws6", "dws8/2"),
            example("fire", "fire12x4", "fire15x5"),
            example("ghost", "ghost12x1", "ghost12x2", "ghost9x3/2"),
            example("grouped", "grouped12x2", "grouped8/2"),
            example("inverted", "inverted6x1", "inverted6x2", "inverted8x3/2"),
            example("res", "res6", "res8/2"),
            example("shift", "shift12x1", "shift12x2", "shift6x3/2"),
            example("shuffle", "shuffle16x2", "shuffle32x4", "shuffle48x2/2"),
            example("sparse", "sparse16x2", "sparse16x2", "sparse12x1/2"),
            example("split", "split10", "split10", "split12/2"),
            example("squeeze", "cbr6", "squeeze2")));

    private static Map.Entry<String, List<String>> example(String name, String... chain) {
        return Map.entry(
                name, Stream.concat(Stream.of("cbr8"), Stream.of(chain)).toList());
    }

    /** A small network of each kind of block, by its name. */
    public static Map<String, ConvNet> examples() {
        return CHAINS.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> new ConvNet(entry.getValue()), (a, b) -> a, TreeMap::new));
    }

    @Test
    void everyBlockHasAnExampleAndTheListIsSorted() {
        assertThat(BlockKind.ALL).extracting(BlockKind::name).containsExactlyElementsOf(CHAINS.keySet());
        assertThat(BlockKind.ALL)
                .allSatisfy(kind ->
                        assertThat(List.of(kind.summary(), kind.source())).doesNotContain(""));
    }

    /**
     * By hand, for 8 channels of 6×6, without the dense layer: weights and two for each channel of a BatchNorm;
     * products for each of 36 pixels.
     */
    @ParameterizedTest
    @CsvSource({
        // 8·32+64, displacements 2·32, 32·16+32, shortcut 8·16+32; four products for each of 32 inner channels
        "active16x2, 16, 1088, 36 * 1024",
        "address16x2, 16, 1024, 36 * 896",
        // 8·16·3+32, 16·16·3+32
        "asymmetric16x3, 16, 1216, 36 * 1152",
        // 8·4+8, 4·4·9+8, 4·16+32, shortcut 8·16+32
        "bottleneck16x4, 16, 448, 36 * 368",
        "cbr16, 16, 1184, 36 * 1152",
        "dilated16x2, 16, 1184, 36 * 1152",
        // 8·9+16, 8·16+32
        "dws16, 16, 248, 36 * 200",
        // 8·4+8, 4·8+16, 4·8·9+16
        "fire16x4, 16, 392, 36 * 352",
        // 8·16+32, 16·9+32, 32·8+16, 8·9+16, shortcut 8·9+16 and 8·16+32
        "ghost16x2, 16, 944, 36 * 800",
        // each output sees 8 / 4 inputs: 16·2·9+32
        "grouped16x4, 16, 320, 36 * 288",
        // 8·24+48, 24·9+48, 24·16+32
        "inverted16x3, 16, 920, 36 * 792",
        // 8·16·9+32, 16·16·9+32, shortcut 8·16+32
        "res16, 16, 3680, 36 * 3584",
        // as the active one, without displacements and their products
        "shift16x2, 16, 1024, 36 * 896",
        // 4·(8/2)+8, 4·9+8, 16·(4/2)+32, shortcut 8·16+32
        "shuffle16x2, 16, 292, 36 * 212",
        "sparse16x2, 16, 1088, 36 * 896",
        // 8·9+16, 8·8+16; 8·8+16, 8·9+16, 8·8+16
        "split16, 16, 416, 36 * 336",
        // 8·2+2, 2·8+8; both on the means, once for the image
        "squeeze4, 8, 42, 1 * 32"
    })
    void costsWhatWasCountedByHand(String block, int outputs, long parameters, String macs) {
        Cost cost = Cost.of(new ConvNet(List.of(block)).build(INPUT, 3));
        assertThat(cost.trainedParameters() - (3L * outputs + 3)).isEqualTo(parameters);
        String[] factors = macs.split(" \\* ", -1);
        assertThat(cost.macs() - 3L * outputs).isEqualTo(Long.parseLong(factors[0]) * Long.parseLong(factors[1]));
    }

    @Test
    void aBlockKeepsItsInputsNearWhereItCan() {
        assertThat(layers("inverted8x6")).contains(new Layer.Add());
        assertThat(layers("inverted9x6")).doesNotContain(new Layer.Add());
        assertThat(layers("split8")).contains(new Layer.Slice(0, 4), new Layer.Slice(4, 4));
        assertThat(layers("shuffle16/2")).contains(new Layer.Concat()).doesNotContain(new Layer.Add());
        assertThat(layers("ghost9")).contains(new Layer.Slice(0, 9));
    }

    @Test
    void aBlockThatDoesNotFitSaysWhy() {
        assertThatThrownBy(() -> layers("grouped16x3"))
                .isInstanceOf(ShapeException.class)
                .hasMessage(
                        "node 'block1.conv': grouped-conv of 3 groups needs numbers of channels that 3 divides, but has 8"
                                + " inputs and 16 outputs");
        assertThatThrownBy(() -> layers("shuffle8/2"))
                .hasMessage(
                        "block 'block1' has stride 2 and keeps its input's 8 channels, so it must have more than these,"
                                + " but has 8");
        assertThatThrownBy(() -> layers("asymmetric8x4")).hasMessage("block 'block1' needs an odd kernel, has 4");
        assertThatThrownBy(() -> layers("shift4x2"))
                .hasMessage(
                        "node 'block1.shift': shift in 9 directions needs at least 9 channels, but its input is [8, 6, 6]");
    }

    private static List<Layer> layers(String block) {
        return new ConvNet(List.of(block))
                .build(INPUT, 3).nodes().stream().map(Node::layer).toList();
    }

    @Test
    void aStarRepeatsABlockOfWhichTheFirstHalvesTheImage() {
        Shape input = Shape.image(1, 28, 28);
        assertThat(new ConvNet(List.of("cbr8", "dws16/2*3", "squeeze4*0", "fire8x2*1")).build(input, 10))
                .isEqualTo(new ConvNet(List.of("cbr8", "dws16/2", "dws16", "dws16", "fire8x2")).build(input, 10));
    }
}
