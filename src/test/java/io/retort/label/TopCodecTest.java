package io.retort.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.label.Codec.CodecSettings;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TopCodecTest implements CodecContract {
    @Override
    public CodecSettings settings() {
        return new TopCodec.Settings(3);
    }

    @Override
    public int bytesOfTenClasses() {
        return 3 * (2 + 4) + 4;
    }

    @Test
    void spreadsTheRestEvenly() {
        // Probabilities 1/2, 1/4, 1/8, 1/16, 1/16 in another order, and every logit moved by 7, which changes nothing.
        float[] logits = {log(1 / 4.0), log(1 / 16.0), log(1 / 2.0), log(1 / 16.0), log(1 / 8.0)};
        for (int i = 0; i < logits.length; i++) {
            logits[i] += 7;
        }
        Codec codec = new TopCodec.Settings(2).codec();
        float[] decoded = codec.decode(codec.encode(logits, 5), 5);
        float rest = log((1 - 3 / 4.0) / 3);
        assertThat(decoded).containsExactly(new float[] {log(1 / 4.0), rest, log(1 / 2.0), rest, rest}, within(1e-6f));
    }

    @Test
    void givesADistributionWithinItsError() {
        for (int classes : new int[] {4, 10, 1000, 70_000}) {
            for (float deviation : new float[] {0.1f, 3, 200}) {
                float[] logits = CodecContract.random(5, classes, deviation);
                Codec codec = settings().codec();
                float[] decoded = codec.decode(codec.encode(logits, classes), classes);
                for (int sample = 0; sample < 5; sample++) {
                    int from = sample * classes;
                    check(
                            CodecContract.softmax(logits, from, classes),
                            Arrays.copyOfRange(decoded, from, from + classes));
                }
            }
        }
    }

    private static void check(double[] teacher, float[] logProbabilities) {
        double[] sorted = teacher.clone();
        Arrays.sort(sorted);
        double kept = sorted[sorted.length - 1] + sorted[sorted.length - 2] + sorted[sorted.length - 3];
        double sum = 0;
        double variation = 0;
        for (int i = 0; i < teacher.length; i++) {
            double decoded = Math.exp(logProbabilities[i]);
            assertThat(logProbabilities[i]).isFinite();
            sum += decoded;
            variation += Math.abs(decoded - teacher[i]) / 2;
        }
        // The logarithms are float32: 1 part in 2^24 of up to 700 nats.
        assertThat(sum).isCloseTo(1, within(1e-5));
        assertThat(variation).isLessThanOrEqualTo(1 - kept + 1e-5);
    }

    @Test
    void takesEqualLogitsInTheOrderOfTheirClasses() {
        Codec codec = new TopCodec.Settings(2).codec();
        float[] decoded = codec.decode(codec.encode(new float[] {1, 5, 1, 1}, 4), 4);
        assertThat(decoded[0]).isEqualTo(log(1 / (Math.exp(4) + 3)), within(1e-6f));
        float[] stored = codec.decode(codec.encode(new float[] {0, 0, 0, 0}, 4), 4);
        assertThat(stored).containsExactly(new float[] {log(0.25), log(0.25), log(0.25), log(0.25)}, within(1e-6f));
    }

    @Test
    void isNamedByHowManyItKeeps() {
        assertThat(settings().codec().name()).isEqualTo("top-3");
    }

    @Test
    void refusesSettingsThatDoNotFit() {
        assertThatThrownBy(() -> new TopCodec.Settings(0)).hasMessage("keep must be >= 1, was 0");
        assertThatThrownBy(() -> settings().codec().encode(new float[3], 3))
                .hasMessage(
                        "keep must be less than the number of classes, 3, was 3; use codec float32 or float16 to keep all");
    }

    private static float log(double value) {
        return (float) Math.log(value);
    }
}
