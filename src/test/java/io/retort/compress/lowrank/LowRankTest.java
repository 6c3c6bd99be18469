package io.retort.compress.lowrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.compress.Compressed;
import io.retort.compress.Compressor.UnreachableException;
import io.retort.compress.PossibleStructures;
import io.retort.compress.Stages;
import io.retort.compress.lowrank.LowRank.Method;
import io.retort.compress.lowrank.LowRank.RankBy;
import io.retort.distill.Engine;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.network.Cost;
import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.Network;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Window;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole networks with products in the place of layers. */
class LowRankTest {
    private static final Structure STRUCTURE = Structure.from(Shape.image(1, 12, 10))
            .then("first", new Layer.Conv(16, Window.same(3), Bias.PER_CHANNEL))
            .then("second", new Layer.Conv(24, new Window(3, 3, 2, 1, 1, 0, 2, 3), Bias.NONE))
            .then("norm", Layer.BatchNorm.standard())
            .then("relu", new Layer.Activate(Layer.Activate.Function.RELU))
            .then("third", new Layer.Conv(20, Window.valid(3, 1), Bias.PER_CHANNEL))
            .then("flatten", new Layer.Flatten())
            .then("hidden", new Layer.Dense(32, Bias.PER_CHANNEL))
            .then("logits", new Layer.Dense(4, Bias.PER_CHANNEL))
            .build();

    private static LowRank.Settings settings(Method method, RankBy rankBy, double keep) {
        return new LowRank.Settings(
                method, rankBy, keep, List.of("logits"), Stages.training(), 0, Optional.empty(), Stages.NO_FLOOR);
    }

    private static Compressed compressed(Network network, LowRank.Settings settings) {
        return settings.create().compress(network, Stages.context(network));
    }

    /** Every weight is one term, {@code w[o, i, y, x] = a[o] b[i] c[y] d[x]}, which any method finds again. */
    private static Network ofRankOne(Network network) {
        Network simple = network;
        for (String name : List.of("first/weight", "second/weight", "third/weight", "hidden/weight")) {
            List<Integer> sizes = network.parameter(name).sizes();
            float[] values = new float[network.parameter(name).values().length];
            for (int i = 0; i < values.length; i++) {
                int rest = i;
                double term = 0.2;
                for (int axis = sizes.size() - 1; axis >= 0; axis--) {
                    term *= Math.sin(1 + axis + 0.7 * (rest % sizes.get(axis)));
                    rest /= sizes.get(axis);
                }
                values[i] = (float) term;
            }
            simple = Stages.with(simple, name, values);
        }
        return simple;
    }

    @ParameterizedTest
    @EnumSource
    void aLayerOfLowRankIsReplacedWithoutLoss(Method method) {
        Network network = ofRankOne(Stages.trained(RandomNetworks.of(STRUCTURE, 1), 2));
        Compressed made = compressed(network, settings(method, RankBy.RATIO, 0.001));
        assertThat(made.layers()).hasSize(4).allSatisfy(change -> {
            assertThat(change.change()).startsWith("rank 1");
            assertThat(change.error().orElseThrow()).isLessThan(1e-5);
        });
        assertThat(Cost.of(made.network().structure()).macs())
                .isLessThan(Cost.of(STRUCTURE).macs() / 3);
        float[] pixels = RandomNetworks.pixels(STRUCTURE.input(), 6, 4);
        float[] expected = Engine.AUTO.computing(network, computed -> computed.logits(pixels, 6));
        assertClose(Engine.AUTO.computing(made.network(), computed -> computed.logits(pixels, 6)), expected);
        byte[] onnx = OnnxModel.bytes(made.network(), List.of("a", "b", "c", "d"), Map.of());
        try (OnnxSession session = OnnxSession.open(onnx, 1)) {
            assertClose(session.logits(pixels, 6), expected);
        }
    }

    static Stream<Arguments> methodsWithASpectrum() {
        return Stream.of(Method.SPATIAL, Method.CHANNEL, Method.TUCKER)
                .flatMap(method -> Stream.of(RankBy.ENERGY, RankBy.EVBMF).map(rankBy -> Arguments.of(method, rankBy)));
    }

    /**
     * One term and noise of which a hundredth of the weights' energy comes: neither energy nor EVBMF takes more than
     * the term.
     */
    @ParameterizedTest
    @MethodSource("methodsWithASpectrum")
    void whatIsMoreThanNoiseDecidesTheRank(Method method, RankBy rankBy) {
        Network network = ofRankOne(Stages.trained(RandomNetworks.of(STRUCTURE, 1), 2));
        SplittableRandom random = new SplittableRandom(6);
        for (String layer : List.of("second", "third", "hidden")) {
            float[] values = network.parameter(layer + "/weight").values().clone();
            double energy = 0;
            for (float value : values) {
                energy += value * value;
            }
            double noise = 0.1 * Math.sqrt(energy / values.length);
            for (int i = 0; i < values.length; i++) {
                values[i] += (float) (noise * random.nextGaussian());
            }
            network = Stages.with(network, layer + "/weight", values);
        }
        Compressed made = compressed(network, settings(method, rankBy, 0.97));
        assertThat(made.layers().stream().filter(change -> !change.layer().equals("first")))
                .hasSize(3)
                .allSatisfy(change -> {
                    assertThat(change.change()).matches("rank 1(x1)? of .*");
                    assertThat(change.error().orElseThrow()).isBetween(0.07, 0.13);
                });
        assertThat(settings(method, rankBy, 0.97).effect(STRUCTURE).certainty())
                .isEqualTo(PossibleStructures.Certainty.WEIGHTS_DECIDE);
    }

    private static void assertClose(float[] actual, float[] expected) {
        double scale = 0;
        for (float value : expected) {
            scale = Math.max(scale, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).isCloseTo(expected[i], within(2e-5 * scale));
        }
    }

    @ParameterizedTest
    @EnumSource
    void noLayerTakesMoreMacsThanItMay(Method method) {
        Network network = Stages.trained(RandomNetworks.of(STRUCTURE, 1), 2);
        Structure made = compressed(network, settings(method, RankBy.MACS, 0.5))
                .network()
                .structure();
        Map<String, Long> before = macs(STRUCTURE);
        Map<String, Long> after = macs(made);
        for (String layer : List.of("second", "third", "hidden")) {
            assertThat((double) after.get(layer) / before.get(layer)).as(layer).isBetween(0.3, 0.5);
        }
        assertThat(after.get("logits")).isEqualTo(before.get("logits"));
        assertThat(made.output().name()).isEqualTo("logits");
    }

    /** By layer, those of its product together. */
    private static Map<String, Long> macs(Structure structure) {
        Map<String, Long> macs = new TreeMap<>();
        Cost.of(structure)
                .layers()
                .forEach(cost -> macs.merge(cost.node().replaceAll("\\..*", ""), cost.macs(), Long::sum));
        return macs;
    }

    @Test
    void aLayerThatWouldCostMoreIsLeftAndTheReportSaysSo() {
        Network network = Stages.trained(RandomNetworks.of(STRUCTURE, 1), 2);
        Compressed made = compressed(network, settings(Method.CHANNEL, RankBy.RATIO, 0.65));
        assertThat(made.network().parameter("first/weight")).isEqualTo(network.parameter("first/weight"));
        // first: 6 basis filters of 1x3x3, then 16 outputs of those: 12·10·6·(9 + 16) MACs
        assertThat(made.layers().get(0).change())
                .isEqualTo("left: rank 6 of 9 would take 18,000 MACs and 150 weights instead of 17,280 and 144");
        assertThat(made.layers().get(0).error()).isEmpty();
        assertThat(made.layers().get(1).change()).startsWith("rank 16 of 24");
    }

    @Test
    void weightsThatAllowNoProductAreRefused() {
        Network network = Stages.trained(RandomNetworks.of(STRUCTURE, 1), 2);
        assertThatThrownBy(() -> compressed(network, settings(Method.CHANNEL, RankBy.ENERGY, 1)))
                .isInstanceOf(UnreachableException.class)
                .hasMessageMatching(
                        "keep 1\\.0 leaves every layer as it is: \\[first is left: rank 9 of 9 would take 27,000"
                                + " MACs and 225 weights instead of 17,280 and 144, second is left: .*, third is left: .*, hidden"
                                + " is left: .*\\]; choose another keep or rank-by, or name fewer layers in except");
    }

    @ParameterizedTest
    @EnumSource
    void aProductCanBeFactoredAgain(Method method) {
        Network network = Stages.trained(RandomNetworks.of(STRUCTURE, 1), 2);
        LowRank.Settings settings = settings(method, RankBy.MACS, 0.6);
        Network once = compressed(network, settings).network();
        Network twice = compressed(once, settings).network();
        assertThat(Cost.of(twice.structure()).macs())
                .isLessThan(Cost.of(once.structure()).macs());
        assertThat(settings.effect(once.structure())).isEqualTo(PossibleStructures.of(twice.structure()));
        assertThat(twice.structure().shapes()).containsKeys("hidden.basis", "hidden.basis2", "hidden");
    }

    @Test
    void refusesWhatItCannotDo() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(Method.POLYADIC, RankBy.EVBMF, 0.5))
                .withMessage(
                        "rank-by must be ratio or macs for method polyadic, which has no singular values, was evbmf");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(Method.TUCKER, RankBy.RATIO, 0))
                .withMessage("keep must be in (0, 1], was 0.0");
        assertThatThrownBy(() -> settings(Method.SPATIAL, RankBy.MACS, 0.01)
                        .effect(Structure.from(Shape.image(1, 4, 4))
                                .then("first", new Layer.Conv(2, Window.same(3), Bias.NONE))
                                .then("flatten", new Layer.Flatten())
                                .then("logits", new Layer.Dense(4, Bias.PER_CHANNEL))
                                .build()))
                .isInstanceOf(UnreachableException.class)
                // 4·4 pixels of 2·9 weights; a column of 3 and a row of 2·3 weights instead
                .hasMessage(
                        "keep 0.01 leaves every layer as it is: [first is left: even rank 1 takes 144 of its 288 MACs];"
                                + " choose another keep or rank-by, or name fewer layers in except");
    }

    @ParameterizedTest
    @EnumSource
    void whatComesOutIsToldBefore(Method method) {
        Network network = Stages.trained(RandomNetworks.of(STRUCTURE, 1), 2);
        for (RankBy rankBy : List.of(RankBy.RATIO, RankBy.MACS)) {
            LowRank.Settings settings = settings(method, rankBy, 0.4);
            assertThat(settings.effect(network.structure()))
                    .isEqualTo(PossibleStructures.of(
                            compressed(network, settings).network().structure()));
        }
    }

    @Test
    void whatWeightsDecideIsToldByExamplesThatHaveEveryLayer() {
        PossibleStructures effect = settings(Method.TUCKER, RankBy.ENERGY, 0.9).effect(STRUCTURE);
        assertThat(effect.certainty()).isEqualTo(PossibleStructures.Certainty.WEIGHTS_DECIDE);
        assertThat(effect.possible().get(1)).isEqualTo(STRUCTURE);
        assertThat(effect.possible().get(0).shapes())
                .containsKeys("second.input", "second.core", "second", "hidden.basis", "logits")
                .doesNotContainKey("logits.basis");
    }
}
