package io.retort.network.zoo;

import io.retort.network.zoo.ResNet.Shift.Movement;
import io.retort.network.zoo.ShuffleNetV2.ShuffleBlocks;
import io.retort.network.zoo.SqueezeNet.Normalisation;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A block that the chain of a {@link ConvNet} can name.
 *
 * @param name the letters that a chain writes, such as {@code inverted} in {@code inverted32x6/2}
 * @param number what the number after the name means
 * @param option what the number after the {@code x} means; empty where the block has none
 * @param strides whether {@code /2} may follow
 * @param summary what it does, in one line
 * @param source the paper or document that defines it
 * @param builder appends it to a network
 */
public record BlockKind(
        String name,
        String number,
        Optional<Option> option,
        Strides strides,
        String summary,
        String source,
        Builder builder) {
    private static final Option EXPANSION_OF_SHIFT = new Option("expansion", 3);

    /**
     * The blocks, sorted by name, but for the pools {@code max} and {@code average}, which have no numbers. A
     * new one costs a method that appends it, a test and a line here.
     */
    public static final List<BlockKind> ALL = List.of(
            with(
                    EXPANSION_OF_SHIFT,
                    "active",
                    Strides.ONE_OR_TWO,
                    "residual conv-shift-conv whose channels learn how far they shift, between pixels too",
                    "Jeon and Kim 2018, arXiv:1806.07370",
                    (network, name, n) ->
                            ResidualBlocks.shifted(network, name, n.number(), n.option(), Movement.ACTIVE, n.stride())),
            with(
                    EXPANSION_OF_SHIFT,
                    "address",
                    Strides.ONE_OR_TWO,
                    "residual conv-shift-conv in four directions, after the channels have turned by a quarter",
                    "He et al. 2018, arXiv:1809.08458",
                    (network, name, n) -> ResidualBlocks.shifted(
                            network, name, n.number(), n.option(), Movement.ADDRESS, n.stride())),
            with(
                    new Option("kernel", 3),
                    "asymmetric",
                    Strides.ONE_OR_TWO,
                    "a kx1 and a 1xk convolution, each with BatchNorm and ReLU; k is odd",
                    "Szegedy et al. 2015, arXiv:1512.00567",
                    (network, name, n) ->
                            ConvolutionBlocks.asymmetric(network, name, n.number(), n.option(), n.stride())),
            with(
                    new Option("reduction", 4),
                    "bottleneck",
                    Strides.ONE_OR_TWO,
                    "residual block of a 1x1, a 3x3 and a 1x1 convolution, the inner ones with fewer channels",
                    "He et al. 2015, arXiv:1512.03385",
                    (network, name, n) -> ResidualBlocks.bottleneck(network, name, n.number(), n.option(), n.stride())),
            plain(
                    "cbr",
                    Strides.ONE_OR_TWO,
                    "3x3 convolution, BatchNorm, ReLU",
                    "Ioffe and Szegedy 2015, arXiv:1502.03167",
                    (network, name, n) -> network.convolution(name, n.number(), 3, n.stride())),
            with(
                    new Option("dilation", 2),
                    "dilated",
                    Strides.ONE,
                    "3x3 convolution with gaps between its cells, BatchNorm, ReLU",
                    "Yu and Koltun 2015, arXiv:1511.07122",
                    (network, name, n) -> ConvolutionBlocks.dilated(network, name, n.number(), n.option())),
            plain(
                    "dws",
                    Strides.ONE_OR_TWO,
                    "3x3 depthwise convolution, BatchNorm, ReLU, 1x1 convolution, BatchNorm, ReLU",
                    "Howard et al. 2017, arXiv:1704.04861",
                    (network, name, n) -> network.separable(name, n.number(), n.stride())),
            with(
                    new Option("reduction", 8),
                    "fire",
                    Strides.ONE,
                    "1x1 convolution to fewer channels, then a 1x1 and a 3x3 one side by side, each with "
                            + "BatchNorm and ReLU",
                    "Iandola et al. 2016, arXiv:1602.07360",
                    (network, name, n) -> ConvolutionBlocks.fire(
                            network, name, Math.max(1, n.number() / n.option()), n.number(), Normalisation.BATCH)),
            with(
                    new Option("expansion", 2),
                    "ghost",
                    Strides.ONE_OR_TWO,
                    "residual bottleneck of ghost modules, half of whose channels are cheap copies of the other half",
                    "Han et al. 2019, arXiv:1911.11907",
                    (network, name, n) -> ConvolutionBlocks.ghostBottleneck(
                            network, name, n.option() * n.number(), n.number(), 3, 0, n.stride())),
            with(
                    new Option("groups", 4),
                    "grouped",
                    Strides.ONE_OR_TWO,
                    "3x3 convolution within groups, BatchNorm, ReLU, channel shuffle",
                    "Zhang et al. 2017, arXiv:1707.01083",
                    (network, name, n) -> ConvolutionBlocks.grouped(network, name, n.number(), n.option(), n.stride())),
            with(
                    new Option("expansion", 6),
                    "inverted",
                    Strides.ONE_OR_TWO,
                    "inverted residual with linear bottleneck: 1x1 to more channels, 3x3 depthwise, 1x1 "
                            + "without activation",
                    "Sandler et al. 2018, arXiv:1801.04381",
                    (network, name, n) -> ResidualBlocks.inverted(network, name, n.number(), n.option(), n.stride())),
            plain(
                    "res",
                    Strides.ONE_OR_TWO,
                    "residual block of two 3x3 convolutions",
                    "He et al. 2015, arXiv:1512.03385",
                    (network, name, n) -> network.residual(name, n.number(), n.stride())),
            with(
                    EXPANSION_OF_SHIFT,
                    "shift",
                    Strides.ONE_OR_TWO,
                    "residual conv-shift-conv in nine directions: a shift costs no parameter and no multiplication",
                    "Wu et al. 2017, arXiv:1711.08141",
                    (network, name, n) ->
                            ResidualBlocks.shifted(network, name, n.number(), n.option(), Movement.GRID, n.stride())),
            with(
                    new Option("groups", 2),
                    "shuffle",
                    Strides.ONE_OR_TWO,
                    "ShuffleNet's unit: grouped 1x1, shuffle, 3x3 depthwise, grouped 1x1, beside or on top of "
                            + "the input",
                    "Zhang et al. 2017, arXiv:1707.01083",
                    (network, name, n) -> ShuffleBlocks.grouped(network, name, n.number(), n.option(), n.stride())),
            with(
                    EXPANSION_OF_SHIFT,
                    "sparse",
                    Strides.ONE_OR_TWO,
                    "residual conv-shift-conv whose channels learn whole shifts under a penalty, so that few "
                            + "shift at all",
                    "Chen et al. 2019, arXiv:1903.05285",
                    (network, name, n) ->
                            ResidualBlocks.shifted(network, name, n.number(), n.option(), Movement.SPARSE, n.stride())),
            plain(
                    "split",
                    Strides.ONE_OR_TWO,
                    "ShuffleNet V2's unit: half of the channels pass, half are convolved, then all are shuffled",
                    "Ma et al. 2018, arXiv:1807.11164",
                    (network, name, n) -> ShuffleBlocks.split(network, name, n.number(), n.stride())),
            new BlockKind(
                    "squeeze",
                    "reduction",
                    Optional.empty(),
                    Strides.ONE,
                    "squeeze and excitation: gates each channel by what all channels are on average",
                    "Hu et al. 2017, arXiv:1709.01507",
                    (network, name, n) -> ConvolutionBlocks.squeezeExcitation(
                            network, name, Math.max(1, network.channels() / n.number()))));

    /** Whether a block may halve the image. */
    public enum Strides {
        ONE,
        ONE_OR_TWO
    }

    /**
     * A second number of a block.
     *
     * @param usual its value where a chain does not give it
     */
    public record Option(String meaning, int usual) {}

    /** The numbers of one block of a chain. */
    record Numbers(int number, int option, int stride) {}

    /** Appends a block whose layers' names begin with {@code name}. */
    interface Builder {
        void append(Blocks network, String name, Numbers numbers);
    }

    static BlockKind plain(String name, Strides strides, String summary, String source, Builder builder) {
        return new BlockKind(name, "channels", Optional.empty(), strides, summary, source, builder);
    }

    static BlockKind with(Option option, String name, Strides strides, String summary, String source, Builder builder) {
        return new BlockKind(name, "channels", Optional.of(option), strides, summary, source, builder);
    }

    /** How a chain writes it, such as {@code inverted<channels>[x<expansion>][/2]}. */
    public String form() {
        return name
                + "<" + number + ">"
                + option.map(second -> "[x<" + second.meaning() + ">]").orElse("")
                + (strides == Strides.ONE ? "" : "[/2]");
    }

    static Optional<BlockKind> find(String name) {
        return ALL.stream().filter(kind -> kind.name().equals(name)).findFirst();
    }

    /** How a chain writes each, in one line. */
    static String forms() {
        return ALL.stream().map(BlockKind::form).collect(Collectors.joining(", "));
    }
}
