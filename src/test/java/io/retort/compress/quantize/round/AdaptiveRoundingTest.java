package io.retort.compress.quantize.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.compress.Stages;
import io.retort.compress.quantize.LocalCalibration;
import io.retort.compress.quantize.QuantizationConfig;
import io.retort.compress.quantize.QuantizationConfig.Granularity;
import io.retort.compress.quantize.Quantizer;
import io.retort.compress.quantize.SignalToNoise;
import io.retort.compress.quantize.calibrate.Calibrator;
import io.retort.compress.quantize.round.Rounding.Correction;
import io.retort.data.Samples;
import io.retort.data.View;
import io.retort.engine.onnx.write.OnnxTaps;
import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.Network;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.int8.AffineCode.Symmetry;
import io.retort.network.int8.Quantization;
import io.retort.network.zoo.ConvNet;
import io.retort.network.zoo.PlainNetwork.Mlp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

public class AdaptiveRoundingTest {
    private static final Shape SHAPE = Shape.image(1, 12, 12);
    private static final Network NETWORK =
            RandomNetworks.of(new ConvNet(List.of("cbr8", "max", "dws12", "cbr12")).build(SHAPE, 4), 2);
    private static final Network DENSE = RandomNetworks.of(new Mlp(List.of(32, 16)).build(SHAPE, 4), 3);
    private static final LocalCalibration SAMPLES = LocalCalibration.pixels(SHAPE, 4, 60, 60);
    /** All but the two of the first shards are pixels that no code was chosen by. */
    private static final LocalCalibration OTHERS = LocalCalibration.pixels(SHAPE, 4, 1, 1, 100);

    public static AdaptiveRounding settings() {
        return new AdaptiveRounding(120, 16, 500, 0.02, 0.1, 20, 2, 0.2);
    }

    public static QuantizationConfig coding(
            int weightBits, Rounding rounding, List<Correction> corrections, String... except) {
        return new QuantizationConfig(
                new Calibrator.MinMax(),
                Symmetry.ASYMMETRIC,
                new Calibrator.MinMax(),
                Symmetry.SYMMETRIC,
                Granularity.PER_CHANNEL,
                weightBits,
                rounding,
                corrections,
                List.of(except));
    }

    private static Quantizer.Quantized quantized(
            Network network, Rounding rounding, List<Correction> corrections, String... except) {
        return new Quantizer(coding(3, rounding, corrections, except)).quantize(network, SAMPLES, 120);
    }

    private static double decibels(Quantizer.Quantized quantized) {
        return SignalToNoise.of(quantized, List.of(quantized.quantization()), OTHERS, 102)
                .get(0)
                .decibels();
    }

    @Test
    void threeBitsAreNearerToFloatOnOtherSamplesThanWithNearest() {
        for (List<Correction> corrections : List.of(List.<Correction>of(), List.of(Correction.BIAS_CORRECTION))) {
            double nearest = decibels(quantized(NETWORK, new NearestRounding(), corrections));
            double adaptive = decibels(quantized(NETWORK, settings(), corrections));
            assertThat(adaptive).isGreaterThan(nearest + 3); // half the power of the error
        }
    }

    /** The error of the last layer alone is all that differs, so both ways to reckon it must agree. */
    @Test
    void whatIsMadeSmallIsTheErrorOfOutputs() {
        for (Network network : List.of(NETWORK, DENSE)) {
            Quantizer.Quantized adaptive = quantized(network, settings(), List.of());
            Network coarse = adaptive.prepared(withoutLogits(adaptive.quantization()));
            double[] before = errors(new Quantizer.Quantized(adaptive.exact(), coarse, adaptive.quantization()), 2);
            double[] after = errors(adaptive, 2);
            LayerMoments moments = LayerMoments.of(
                    new LayerMoments.Layer(
                            adaptive.exact(),
                            coarse,
                            adaptive.quantization(),
                            network.structure().output(),
                            16),
                    SAMPLES,
                    120);
            InputMoments.Objective objective = moments.groups().get(0).meanSquare();
            float[] weights = adaptive.exact().parameter("logits/weight").values();
            float[] chosen = adaptive.network().parameter("logits/weight").values();
            float[] nearest = adaptive.quantization()
                    .weights()
                    .get("logits")
                    .roundTrip(coarse.parameter("logits/weight"))
                    .values();
            double gained = 0;
            for (int o = 0; o < 4; o++) {
                double less = objective.value(o, change(weights, chosen, o))
                        - objective.value(o, change(weights, nearest, o));
                assertThat(less).isLessThanOrEqualTo(0);
                gained -= less;
                assertThat(after[o] - before[o]).isCloseTo(less, within(1e-2 * before[o])); // the bias is rounded, too
            }
            assertThat(gained).isPositive();
        }
    }

    private static Set<String> withoutLogits(Quantization quantization) {
        Map<String, Object> layers = new HashMap<>(quantization.weights());
        layers.remove("logits");
        return layers.keySet();
    }

    private static double[] change(float[] before, float[] after, int output) {
        int inputs = before.length / 4;
        double[] change = new double[inputs];
        for (int i = 0; i < inputs; i++) {
            change[i] = (double) after[output * inputs + i] - before[output * inputs + i];
        }
        return change;
    }

    /** The mean of {@code (ŷ − y)ᵖ} of each logit over the samples that codes were chosen by. */
    private static double[] errors(Quantizer.Quantized quantized, int power) {
        double[] errors = new double[4];
        try (OnnxTaps exact = OnnxTaps.of(quantized.exact(), List.of("logits"));
                OnnxTaps rounded = OnnxTaps.of(quantized.network(), quantized.quantization(), List.of("logits"))) {
            for (Samples samples : SAMPLES.shards()) {
                samples.forEachBatch(View.plain(), 64, (rows, from, count) -> {
                    float[] expected = exact.values(rows, count).get("logits");
                    float[] actual = rounded.values(rows, count).get("logits");
                    for (int i = 0; i < expected.length; i++) {
                        errors[i % 4] += Math.pow((double) actual[i] - expected[i], power) / 120;
                    }
                });
            }
        }
        return errors;
    }

    @Test
    void correctedBiasesTakeTheMeanErrorAwayThatAllLayersLeave() {
        Quantizer.Quantized adaptive = quantized(DENSE, settings(), List.of(Correction.BIAS_CORRECTION));
        List<Float> steps = adaptive.quantization().biasScales(DENSE.structure().output());
        double[] means = errors(adaptive, 1);
        double[] uncorrected = errors(quantized(DENSE, settings(), List.of()), 1);
        double worst = 0;
        for (int o = 0; o < 4; o++) {
            double halfAStep = steps.get(o) / 2;
            assertThat(means[o]).isCloseTo(0, within(halfAStep + 1e-4)); // the bias is rounded, too
            worst = Math.max(worst, Math.abs(uncorrected[o]) / halfAStep);
        }
        assertThat(worst).isGreaterThan(2);
        assertThat(quantized(DENSE, settings(), List.of()).network().parameter("logits/bias"))
                .isEqualTo(DENSE.parameter("logits/bias"));
    }

    @Test
    void weightsAreWholeStepsAndWhatStaysInFloatStays() {
        Quantizer.Quantized quantized = quantized(NETWORK, settings(), List.of(), "block4.conv");
        quantized.quantization().weights().forEach((layer, codes) -> {
            String name = layer + "/weight";
            assertThat(codes.roundTrip(quantized.network().parameter(name)))
                    .isEqualTo(quantized.network().parameter(name))
                    .isNotEqualTo(codes.roundTrip(quantized.exact().parameter(name)));
        });
        assertThat(quantized.network().parameter("block4.conv/weight"))
                .isEqualTo(quantized.exact().parameter("block4.conv/weight"));
        assertThat(quantized.prepared(Set.of())).isEqualTo(quantized.exact());
        assertThat(quantized.prepared(quantized.quantization().weights().keySet()))
                .isEqualTo(quantized.network());
    }

    @Test
    void zerosStayZero() {
        float[] values = DENSE.parameter("hidden2.dense/weight").values().clone();
        for (int i = 0; i < values.length; i += 3) {
            values[i] = 0;
        }
        Network sparse = Stages.with(DENSE, "hidden2.dense/weight", values);
        float[] rounded = quantized(sparse, settings(), List.of())
                .network()
                .parameter("hidden2.dense/weight")
                .values();
        for (int i = 0; i < values.length; i += 3) {
            assertThat(rounded[i]).isZero();
        }
    }

    @Test
    void aLayerThatIsTooWideIsRoundedToNearest() {
        Structure structure = Structure.from(Shape.image(1, 1, AdaptiveRounding.MAX_INPUTS + 1))
                .then("flat", new Layer.Flatten())
                .then("wide", new Layer.Dense(2, Bias.PER_CHANNEL))
                .then("logits", new Layer.Dense(2, Bias.PER_CHANNEL))
                .build();
        Network network = RandomNetworks.of(structure, 6);
        LocalCalibration samples = LocalCalibration.pixels(structure.input(), 2, 10);
        List<Correction> corrections = List.of(Correction.BIAS_CORRECTION);
        Network adaptive = new Quantizer(coding(3, settings(), corrections))
                .quantize(network, samples, 10)
                .network();
        Network nearest = new Quantizer(coding(3, new NearestRounding(), corrections))
                .quantize(network, samples, 10)
                .network();
        assertThat(adaptive.parameter("wide/weight")).isEqualTo(nearest.parameter("wide/weight"));
        assertThat(adaptive.parameter("wide/bias")).isEqualTo(nearest.parameter("wide/bias"));
        assertThat(adaptive.parameter("logits/weight")).isNotEqualTo(nearest.parameter("logits/weight"));
        Rounding rounding = settings();
        assertThat(rounding.remark(structure, structure.nodes().get(1), 10))
                .isEqualTo("; rounded to nearest, for adaptive rounding takes at most 1536 inputs and there are 1537");
        assertThat(rounding.remark(structure, structure.output(), 10)).isEqualTo("; rounded adaptively");
    }

    @Test
    void aLayerOfMoreInputsThanAreSeenIsRoundedToNearest() {
        // 120 samples of 144 pixels, and then of 32 values
        Network adaptive = quantized(DENSE, settings(), List.of()).network();
        Network nearest = quantized(DENSE, new NearestRounding(), List.of()).network();
        assertThat(adaptive.parameter("hidden1.dense/weight")).isEqualTo(nearest.parameter("hidden1.dense/weight"));
        assertThat(adaptive.parameter("hidden2.dense/weight")).isNotEqualTo(nearest.parameter("hidden2.dense/weight"));
        Rounding rounding = settings();
        assertThat(rounding.remark(DENSE.structure(), node("hidden1.dense"), 500))
                .isEqualTo(
                        "; rounded to nearest, for it has 144 inputs and only 120 rows of them are looked at; raise rounding.samples");
        assertThat(rounding.remark(DENSE.structure(), node("hidden2.dense"), 500))
                .isEqualTo("; rounded adaptively");
    }

    @Test
    void samplesThatAreNotThereAreNotSeen() {
        LocalCalibration few = LocalCalibration.pixels(SHAPE, 4, 20);
        Network adaptive = new Quantizer(coding(3, settings(), List.of()))
                .quantize(DENSE, few, 20)
                .network();
        Network nearest = new Quantizer(coding(3, new NearestRounding(), List.of()))
                .quantize(DENSE, few, 20)
                .network();
        assertThat(adaptive.parameter("hidden2.dense/weight"))
                .as("32 inputs, 20 samples")
                .isEqualTo(nearest.parameter("hidden2.dense/weight"));
        assertThat(settings().remark(DENSE.structure(), node("hidden2.dense"), 20))
                .isEqualTo(
                        "; rounded to nearest, for it has 32 inputs and only 20 rows of them are looked at; there are"
                                + " no more samples");
    }

    private static Node node(String name) {
        return DENSE.structure().nodes().stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void placesLieEvenly() {
        int[] seen = new int[9];
        for (long k = 0; k < 900; k++) {
            seen[LayerMoments.place(k, 9)]++;
        }
        for (int count : seen) {
            assertThat(count).isBetween(97, 103);
        }
    }

    @Test
    void equalArgumentsGiveEqualNetworks() {
        assertThat(quantized(NETWORK, settings(), List.of(Correction.BIAS_CORRECTION)))
                .isEqualTo(quantized(NETWORK, settings(), List.of(Correction.BIAS_CORRECTION)));
    }

    @Test
    void refusesSettingsThatCannotBe() {
        assertThatThrownBy(() -> new AdaptiveRounding(0, 16, 500, 0.02, 0.1, 20, 2, 0.2))
                .hasMessage("samples must be at least 1, was 0");
        assertThatThrownBy(() -> new AdaptiveRounding(256, 0, 500, 0.02, 0.1, 20, 2, 0.2))
                .hasMessage("places must be at least 1, was 0");
        assertThatThrownBy(() -> new AdaptiveRounding(256, 16, 0, 0.02, 0.1, 20, 2, 0.2))
                .hasMessage("iterations must be at least 1, was 0");
        assertThatThrownBy(() -> new AdaptiveRounding(256, 16, 500, 0, 0.1, 20, 2, 0.2))
                .hasMessage("learning-rate must be a finite number > 0, was 0.0");
        assertThatThrownBy(() -> new AdaptiveRounding(256, 16, 500, 0.02, Double.NaN, 20, 2, 0.2))
                .hasMessage("regulariser must be a finite number > 0, was NaN");
        assertThatThrownBy(() -> new AdaptiveRounding(256, 16, 500, 0.02, 0.1, 2, 20, 0.2))
                .hasMessage("beta-from must be finite and at least beta-to, which is at least 1; were 2.0 and 20.0");
        assertThatThrownBy(() -> new AdaptiveRounding(256, 16, 500, 0.02, 0.1, 20, 0.5, 0.2))
                .hasMessage("beta-from must be finite and at least beta-to, which is at least 1; were 20.0 and 0.5");
        assertThatThrownBy(() -> new AdaptiveRounding(256, 16, 500, 0.02, 0.1, 20, 2, 1))
                .hasMessage("warm-up must be in [0, 1), was 1.0");
    }
}
