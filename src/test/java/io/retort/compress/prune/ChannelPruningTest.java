package io.retort.compress.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.retort.compress.Compressor;
import io.retort.compress.PossibleStructures;
import io.retort.compress.Stages;
import io.retort.compress.prune.ChannelPruning.Measure;
import io.retort.compress.prune.ChannelPruning.Scope;
import io.retort.compress.prune.ChannelPruning.Target;
import io.retort.distill.Engine;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.network.Cost;
import io.retort.network.Layer;
import io.retort.network.Layer.Activate;
import io.retort.network.Layer.Bias;
import io.retort.network.Mask;
import io.retort.network.MovingLayer;
import io.retort.network.Network;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.Window;
import io.retort.network.zoo.ConvNet;
import io.retort.network.zoo.LeNets;
import io.retort.network.zoo.MobileNet;
import io.retort.network.zoo.PlainNetwork.Mlp;
import io.retort.network.zoo.ResNet;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Groups of channels, which of them go, and what is left of the network. */
class ChannelPruningTest {
    private static final Shape IMAGE = Shape.image(1, 16, 16);
    private static final int SAMPLES = 4;

    static Stream<Structure> topologies() {
        return Stream.of(
                new Mlp(List.of(12, 9)).build(Shape.vector(7), 3),
                new Mlp(List.of(12)).build(IMAGE, 3), // flattens the input, which is not cut
                LeNets.ofPaper(Activate.Function.TANH, Layer.Pool.Kind.AVERAGE).build(IMAGE, 3), // flattens channels
                new ConvNet(List.of("cbr8", "max", "dws12", "dws10/2")).build(IMAGE, 3),
                new ConvNet(List.of("cbr8", "res8", "res12/2", "res12", "max")).build(IMAGE, 3),
                new ResNet.Cifar(1, 8).build(IMAGE, 3),
                new MobileNet(0.25, List.of(1, 1)).build(IMAGE, 3),
                new ConvNet(List.of("cbr8", "inverted8x2", "squeeze4", "fire8x2", "cbr8")).build(IMAGE, 3),
                new ConvNet(List.of("cbr8", "shift9x1", "cbr8", "address8x1", "cbr8", "active8x1")).build(IMAGE, 3),
                new ConvNet(List.of("cbr8", "shuffle8x2", "cbr8", "split8", "cbr8", "ghost8x1")).build(IMAGE, 3),
                sumOfThree(),
                lightweight());
    }

    /** Concatenation, squeeze and excitation, a learned shift, and channels whose place counts. */
    private static Structure lightweight() {
        return Structure.from(Shape.image(2, 8, 8))
                .then("a", new Layer.Conv(6, Window.same(3), Bias.PER_CHANNEL))
                .then("a.relu", new Activate(Activate.Function.RELU))
                .join("b", new Layer.Conv(4, Window.same(1), Bias.NONE), "a.relu")
                .join("c", new Layer.Conv(5, Window.same(3), Bias.PER_CHANNEL), "a.relu")
                .join("concat", new Layer.Concat(), "b", "c")
                .then("average", new Layer.GlobalAveragePool())
                .then("squeeze", new Layer.Dense(4, Bias.PER_CHANNEL))
                .then("squeeze.relu", new Activate(Activate.Function.RELU))
                .then("excite", new Layer.Dense(9, Bias.PER_CHANNEL))
                .then("sigmoid", new Activate(Activate.Function.SIGMOID))
                .join("gate", new Layer.Gate(), "concat", "sigmoid")
                .then("move", new MovingLayer.ActiveShift(MovingLayer.ActiveShift.Displacements.REAL, 0))
                .then("d", new Layer.Conv(8, Window.same(1), Bias.NONE))
                .then("shuffle", new MovingLayer.ChannelShuffle(2))
                .then("grouped", new Layer.GroupedConv(8, 2, Window.same(3), Bias.NONE))
                .then("slice", new Layer.Slice(2, 4))
                .then("flatten", new Layer.Flatten())
                .then("logits", new Layer.Dense(3, Bias.PER_CHANNEL))
                .build();
    }

    @Test
    void channelsWhosePlaceCountsAreNotOffered() {
        assertThat(ChannelDependencies.of(lightweight()).groups())
                .extracting(ChannelDependencies.Group::name)
                .containsExactly("a", "b + excite", "c + excite", "squeeze");
    }

    /**
     * A sum of three, of which one is read by another layer too, beside a sum with the input, which pins its channels.
     */
    private static Structure sumOfThree() {
        return Structure.from(Shape.image(4, 8, 8))
                .then("a", new Layer.Conv(6, Window.same(3), Bias.PER_CHANNEL))
                .then("a.relu", new Activate(Activate.Function.RELU))
                .join("b", new Layer.Conv(6, Window.same(1), Bias.PER_CHANNEL), Structure.INPUT)
                .then("c", new Layer.DepthwiseConv(Window.same(3), Bias.PER_CHANNEL))
                .join("sum", new Layer.Add(), "a.relu", "b", "c")
                .join("pinned", new Layer.Conv(4, Window.same(3), Bias.NONE), "a.relu")
                .join("pinned.sum", new Layer.Add(), "pinned", Structure.INPUT)
                .join("d", new Layer.Conv(6, Window.same(1), Bias.NONE), "pinned.sum")
                .join("all", new Layer.Add(), "d", "sum")
                .then("flatten", new Layer.Flatten())
                .then("logits", new Layer.Dense(3, Bias.PER_CHANNEL))
                .build();
    }

    @ParameterizedTest
    @MethodSource("topologies")
    void aNetworkThatIsCutGivesWhatItGaveWithItsChannelsAt0(Structure structure) {
        Network network = Stages.trained(RandomNetworks.of(structure, 1), 2);
        ChannelDependencies layout = ChannelDependencies.of(structure);
        Set<Integer> cut = half(layout);
        Network narrow = new ChannelSurgery(network.structure(), layout, cut).network(network);
        assertThat(Cost.of(narrow.structure()).parameters())
                .isLessThan(Cost.of(structure).parameters());
        float[] pixels = RandomNetworks.pixels(structure.input(), SAMPLES, 3);
        float[] masked =
                Engine.AUTO.computing(silenced(network, layout, cut), computed -> computed.logits(pixels, SAMPLES));
        assertThat(masked).isNotEqualTo(Engine.AUTO.computing(network, computed -> computed.logits(pixels, SAMPLES)));
        assertClose(Engine.AUTO.computing(narrow, computed -> computed.logits(pixels, SAMPLES)), masked);
        byte[] onnx = OnnxModel.bytes(narrow, List.of("a", "b", "c"), Map.of());
        try (OnnxSession session = OnnxSession.open(onnx, 1)) {
            assertClose(session.logits(pixels, SAMPLES), masked);
        }
    }

    private static Set<Integer> half(ChannelDependencies layout) {
        SplittableRandom random = new SplittableRandom(5);
        Set<Integer> cut = new HashSet<>();
        for (ChannelDependencies.Group group : layout.groups()) {
            group.units().stream().skip(1).filter(unit -> random.nextInt(3) > 0).forEach(cut::add);
        }
        return cut;
    }

    /** The network with 0 for the channels, as tanh and ReLU leave it: filters, biases, scales and shifts. */
    private static Network silenced(Network network, ChannelDependencies layout, Set<Integer> cut) {
        Network silent = network;
        for (Node node : network.structure().nodes()) {
            int[] units = layout.units(node.name());
            for (String name : List.of("weight", "bias", "scale", "shift")) {
                String parameter = node.parameter(name);
                if (network.parameters().containsKey(parameter)) {
                    float[] values = network.parameter(parameter).values().clone();
                    for (int i = 0; i < values.length; i++) {
                        values[i] = cut.contains(units[i / (values.length / units.length)]) ? 0 : values[i];
                    }
                    silent = Stages.with(silent, parameter, values);
                }
            }
        }
        return silent;
    }

    private static void assertClose(float[] actual, float[] expected) {
        double scale = 0;
        for (float value : expected) {
            scale = Math.max(scale, Math.abs(value));
        }
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).isCloseTo(expected[i], within(1e-5 * scale));
        }
    }

    @Test
    void whatIsAddedIsOneGroup() {
        assertThat(ChannelDependencies.of(sumOfThree()).groups())
                .extracting(ChannelDependencies.Group::name)
                .containsExactly("a + b + d"); // pinned is added to the input
        assertThat(ChannelDependencies.of(new ConvNet(List.of("cbr8", "dws6", "res6")).build(IMAGE, 3))
                        .groups())
                .extracting(group -> group.name() + ": " + group.units().size())
                .containsExactly("block1.conv: 8", "block2.pointwise.conv + block3.b.conv: 6", "block3.a.conv: 6");
    }

    private static ChannelPruning.Settings settings(
            double ratio, Target target, Scope scope, Measure measure, int min, int multiple, String... except) {
        return new ChannelPruning.Settings(
                ratio,
                target,
                scope,
                new SensitivityScan.Settings(64, List.of(0.5)),
                measure,
                min,
                multiple,
                1,
                List.of(except),
                Stages.training(),
                0,
                Optional.empty(),
                Stages.NO_FLOOR);
    }

    private static Network pruned(Network network, ChannelPruning.Settings settings) {
        return settings.create().compress(network, Stages.context(network)).network();
    }

    private static int channels(Network network, String layer) {
        return network.structure().shapes().get(layer).channels();
    }

    @ParameterizedTest
    @EnumSource(
            value = Measure.class,
            names = {"L1", "L2", "FPGM", "RANDOM", "BATCH_NORM_SCALE"})
    void macsAreNoMoreThanAskedAndNotMuchLess(Measure measure) {
        Network network = Stages.trained(
                Network.initialised(new ConvNet(List.of("cbr32", "res32", "dws48", "max")).build(IMAGE, 3), 1), 2);
        for (Scope scope : List.of(Scope.GLOBAL, Scope.LAYER)) {
            Network half = pruned(network, settings(0.5, Target.MACS, scope, measure, 1, 1));
            double left = (double) Cost.of(half.structure()).macs()
                    / Cost.of(network.structure()).macs();
            assertThat(left).as(scope.name()).isBetween(0.46, 0.5);
        }
    }

    @Test
    void channelsAreAMultipleAndNotTooFew() {
        Network network =
                Stages.trained(Network.initialised(new ConvNet(List.of("cbr20", "cbr6", "max")).build(IMAGE, 3), 1), 2);
        // 20 less three quarters are 5, which becomes 8; 6 less 4 are 2, at least 4, and a multiple of 8 it cannot be
        Network narrow = pruned(network, settings(0.75, Target.CHANNELS, Scope.LAYER, Measure.L1, 4, 8));
        assertThat(channels(narrow, "block1.conv")).isEqualTo(8);
        assertThat(channels(narrow, "block2.conv")).isEqualTo(6);
        assertThat(channels(
                        pruned(network, settings(0.75, Target.CHANNELS, Scope.LAYER, Measure.L1, 4, 1)), "block2.conv"))
                .isEqualTo(4);
        assertThat(channels(
                        pruned(network, settings(0.5, Target.CHANNELS, Scope.LAYER, Measure.L1, 1, 1, "block1.conv")),
                        "block1.conv"))
                .isEqualTo(20);
    }

    @ParameterizedTest
    @EnumSource(Scope.class)
    void ratiosOfChannelsAreRounded(Scope scope) {
        Structure structure = new ConvNet(List.of("cbr100")).build(IMAGE, 3);
        for (int hundredths : List.of(29, 57, 58, 7, 55)) {
            Structure narrow = settings(hundredths / 100.0, Target.CHANNELS, scope, Measure.L1, 1, 1)
                    .effect(structure)
                    .possible()
                    .get(0);
            assertThat(narrow.shapes().get("block1.conv").channels()).isEqualTo(100 - hundredths);
        }
    }

    @Test
    void aPartOfTheMacsIsReachedOnItsEdge() {
        // Each of the hidden channels costs as much: 7 + 3 MACs. In doubles (1 - 0.9) of 1000 is less than 100.
        Structure structure = new Mlp(List.of(100)).build(Shape.vector(7), 3);
        Structure narrow = settings(0.9, Target.MACS, Scope.GLOBAL, Measure.L1, 1, 1)
                .effect(structure)
                .possible()
                .get(0);
        assertThat(Cost.of(structure).macs()).isEqualTo(1000);
        assertThat(Cost.of(narrow).macs()).isEqualTo(100);
    }

    @Test
    void theLeastImportantGo() {
        Structure structure = Structure.from(Shape.vector(2))
                .then("hidden", new Layer.Dense(4, Bias.NONE))
                .then("logits", new Layer.Dense(2, Bias.NONE))
                .build();
        // Filters (3, 0), (2, 2), (2.1, 1.9), (0, -2.5). L1 norms 3, 4, 4, 2.5; L2 norms 3, 2.83, 2.83, 2.5.
        // FPGM, sums of distances: (3, 0) is far from all; (2, 2) and (2.1, 1.9) are near each other, and (2.1, 1.9) is
        // nearer to the rest.
        Network network = Stages.with(
                Network.initialised(structure, 1), "hidden/weight", new float[] {3, 0, 2, 2, 2.1f, 1.9f, 0, -2.5f});
        assertThat(kept(network, Measure.L1)).containsExactly(2, 2, 2.1f, 1.9f);
        assertThat(kept(network, Measure.L2)).containsExactly(3, 0, 2.1f, 1.9f);
        assertThat(kept(network, Measure.FPGM)).containsExactly(3, 0, 0, -2.5f);
    }

    private static float[] kept(Network network, Measure measure) {
        return pruned(network, settings(0.5, Target.CHANNELS, Scope.LAYER, measure, 1, 1))
                .parameter("hidden/weight")
                .values();
    }

    @Test
    void stepsLeadToWhereOneLeads() {
        Network whole = Stages.trained(
                Network.initialised(new ConvNet(List.of("cbr16", "cbr12", "max")).build(IMAGE, 3), 1), 2);
        ChannelPruning.Settings settings = settings(0.5, Target.CHANNELS, Scope.LAYER, Measure.L2, 1, 1);
        Network network = whole;
        int[] widths = new int[4];
        for (int step = 1; step <= 4; step++) {
            Compressor.Context context = Stages.step(whole, Mask.none(), step, 4);
            network = settings.create().compress(network, context).network();
            widths[step - 1] = channels(network, "block1.conv");
        }
        assertThat(widths).containsExactly(14, 12, 10, 8);
        assertThat(network).isEqualTo(pruned(whole, settings));
    }

    @Test
    void zerosOfEarlierStagesStayMasked() {
        Network network =
                Stages.trained(Network.initialised(new ConvNet(List.of("cbr8", "cbr8", "max")).build(IMAGE, 3), 1), 2);
        float[] values = network.parameter("block2.conv/weight").values().clone();
        Arrays.fill(values, 0, 100, 0);
        Network sparse = Stages.with(network, "block2.conv/weight", values);
        Mask mask = Mask.ofZeros(sparse, List.of("block2.conv/weight"));
        var made = settings(0.5, Target.CHANNELS, Scope.LAYER, Measure.L2, 1, 1)
                .create()
                .compress(sparse, Stages.step(sparse, mask, 1, 1));
        assertThat(made.mask()).isEqualTo(Mask.ofZeros(made.network(), List.of("block2.conv/weight")));
        assertThat(made.mask().applied(made.network())).isEqualTo(made.network());
    }

    @Test
    void refusesWhatItCannotDo() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(1.2, Target.MACS, Scope.LAYER, Measure.L1, 1, 1))
                .withMessage("ratio must be in (0, 1), was 1.2; 1 would leave no channel");
        Network lenet = Network.initialised(
                LeNets.ofPaper(Activate.Function.RELU, Layer.Pool.Kind.MAX).build(IMAGE, 3), 1);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> pruned(lenet, settings(0.5, Target.MACS, Scope.LAYER, Measure.BATCH_NORM_SCALE, 1, 1)))
                .withMessage(
                        "importance batch-norm-scale needs a BatchNorm after every layer that may be cut, and conv1"
                                + " has none; choose l1, l2 or fpgm, or name it in except");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pruned(lenet, settings(0.9, Target.MACS, Scope.LAYER, Measure.L1, 6, 1)))
                .withMessageStartingWith(
                        "ratio 0.9 of the MACs cannot be cut: with 6 channels in every group that may be cut, ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(0.5, Target.CHANNELS, Scope.LAYER, Measure.L1, 1, 8)
                        .effect(pair(8, 7)))
                .withMessage(
                        "ratio 0.5 of the channels cannot be cut: with 8 channels in every group that may be cut, at"
                                + " most 0.0 can go; lower ratio, min-channels or multiple");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(0.05, Target.CHANNELS, Scope.LAYER, Measure.L1, 1, 1)
                        .effect(pair(8, 7)))
                .withMessage(
                        "ratio 0.05 cuts no channel of the groups [a (8), b (7)]; raise ratio, or lower min-channels"
                                + " or multiple");
    }

    @Test
    void refusesNumbersOutsideTheirRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(1, Target.MACS, Scope.LAYER, Measure.L1, 1, 1))
                .withMessage("ratio must be in (0, 1), was 1.0; 1 would leave no channel");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(0.5, Target.MACS, Scope.LAYER, Measure.L1, 0, 1))
                .withMessage("min-channels must be at least 1, was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(0.5, Target.MACS, Scope.LAYER, Measure.L1, 1, -2))
                .withMessage("multiple must be at least 1, was -2");
    }

    @Test
    void saysWhyNothingCanBeCut() {
        Structure grouped = Structure.from(Shape.image(4, 8, 8))
                .then("grouped", new Layer.GroupedConv(8, 2, Window.same(3), Bias.NONE))
                .then("flatten", new Layer.Flatten())
                .then("logits", new Layer.Dense(3, Bias.PER_CHANNEL))
                .build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(0.5, Target.MACS, Scope.LAYER, Measure.L1, 1, 1)
                        .effect(grouped))
                .withMessage(
                        "ratio 0.5 cannot be cut: every layer makes logits, adds to the input, is in except, or has channels whose"
                                + " place counts, as groups, slices, shuffles and shifts have them");
    }

    @ParameterizedTest
    @EnumSource(Scope.class)
    void theGreatestRatioThatIsOfferedCanBeReached(Scope scope) {
        for (Target target : List.of(Target.MACS, Target.CHANNELS)) {
            ChannelPruning.Settings most = settings(0.99, target, scope, Measure.L1, 2, 1);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> most.effect(pair(16, 16)))
                    .satisfies(refusal -> {
                        double offered = Double.parseDouble(
                                refusal.getMessage().replaceFirst(".*at most ([0-9.]+) can go; .*", "$1"));
                        assertThat(offered).isBetween(0.8, 0.98);
                        Structure narrow = settings(offered, target, scope, Measure.L1, 2, 1)
                                .effect(pair(16, 16))
                                .possible()
                                .get(0);
                        assertThat(narrow).isNotEqualTo(pair(16, 16));
                        assertThatIllegalArgumentException()
                                .isThrownBy(
                                        () -> settings(Math.min(0.99, offered + 0.07), target, scope, Measure.L1, 2, 1)
                                                .effect(pair(16, 16)));
                    });
        }
    }

    @Test
    void comparedChannelsGoAsFarAsMultiplesAllow() {
        Network network = Stages.trained(
                RandomNetworks.of(new ConvNet(List.of("cbr32", "cbr32", "cbr32")).build(IMAGE, 3), 1), 2);
        Structure narrow = pruned(network, settings(0.4, Target.CHANNELS, Scope.GLOBAL, Measure.L2, 1, 16))
                .structure();
        assertThat(ChannelDependencies.of(narrow).groups().stream()
                        .mapToInt(group -> group.units().size())
                        .sum())
                .as("of 96 channels 38 may go, and 32 is the most that sixteens give")
                .isEqualTo(64);
    }

    @ParameterizedTest
    @EnumSource(Scope.class)
    void multiplesLimitWhatCanGo(Scope scope) {
        ChannelPruning.Settings most = settings(0.9, Target.CHANNELS, scope, Measure.L1, 1, 8);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> most.effect(pair(16, 16)))
                .withMessage(
                        "ratio 0.9 of the channels cannot be cut: with 8 channels in every group that may be cut, at"
                                + " most 0.5 can go; lower ratio, min-channels or multiple");
    }

    @Test
    void whatComesOutIsToldBefore() {
        topologies().forEach(structure -> {
            ChannelPruning.Settings settings = settings(0.4, Target.CHANNELS, Scope.LAYER, Measure.L2, 1, 1);
            Network network = Stages.trained(RandomNetworks.of(structure, 1), 2);
            assertThat(settings.effect(network.structure()))
                    .isEqualTo(PossibleStructures.of(pruned(network, settings).structure()));
        });
    }

    @Test
    void onlyLayersThatMayBeCutNeedAScale() {
        Structure structure = Structure.from(IMAGE)
                .then("bare", new Layer.Conv(4, Window.same(3), Bias.PER_CHANNEL))
                .then("a", new Layer.Conv(6, Window.same(3), Bias.NONE))
                .then("norm", Layer.BatchNorm.standard())
                .then("average", new Layer.GlobalAveragePool())
                .then("logits", new Layer.Dense(3, Bias.PER_CHANNEL))
                .build();
        Network network = Stages.trained(RandomNetworks.of(structure, 1), 2);
        Network narrow =
                pruned(network, settings(0.5, Target.CHANNELS, Scope.LAYER, Measure.BATCH_NORM_SCALE, 1, 1, "bare"));
        assertThat(channels(narrow, "a")).isEqualTo(3);
        assertThat(channels(narrow, "bare")).isEqualTo(4);
    }

    /** Two convolutions of so many channels. */
    private static Structure pair(int first, int second) {
        return Structure.from(Shape.image(1, 8, 8))
                .then("a", new Layer.Conv(first, Window.same(3), Bias.NONE))
                .then("b", new Layer.Conv(second, Window.same(3), Bias.NONE))
                .then("average", new Layer.GlobalAveragePool())
                .then("logits", new Layer.Dense(3, Bias.PER_CHANNEL))
                .build();
    }
}
