package io.retort.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.label.Codec.CodecSettings;
import io.retort.network.Half;
import org.junit.jupiter.api.Test;

class Float16CodecTest implements CodecContract {
    @Override
    public CodecSettings settings() {
        return new Float16Codec.Settings();
    }

    @Override
    public int bytesOfTenClasses() {
        return 20;
    }

    /** From IEEE 754-2008: sign, five bits of exponent with bias 15, ten of fraction. */
    @Test
    void knowsTheHalvesOfSomeNumbers() {
        assertThat(Half.of(0f)).isEqualTo((short) 0x0000);
        assertThat(Half.of(-0f)).isEqualTo((short) 0x8000);
        assertThat(Half.of(1f)).isEqualTo((short) 0x3C00);
        assertThat(Half.of(-2f)).isEqualTo((short) 0xC000);
        assertThat(Half.of(65504f)).isEqualTo((short) 0x7BFF);
        assertThat(Half.of(0x1p-14f)).isEqualTo((short) 0x0400);
        assertThat(Half.of(0x1p-24f)).isEqualTo((short) 0x0001);
        assertThat(Half.of(1f / 3)).isEqualTo((short) 0x3555);
        // Half way between two halves, the even one: 2049 lies between 2048 and 2050, 2051 between 2050 and 2052.
        assertThat(Half.value(Half.of(2049))).isEqualTo(2048);
        assertThat(Half.value(Half.of(2051))).isEqualTo(2052);
        // A carry out of the fraction.
        assertThat(Half.value(Half.of(2047.7f))).isEqualTo(2048);
        assertThat(Half.value(Half.of(0x1.FFFp-15f))).isEqualTo(0x1p-14f);
    }

    @Test
    void readsEveryFiniteHalfBackAsItself() {
        for (int half = 0; half < 0x10000; half++) {
            if ((half & 0x7C00) != 0x7C00) {
                assertThat(Half.of(Half.value((short) half))).isEqualTo((short) half);
            }
        }
    }

    @Test
    void staysWithinItsError() {
        Codec codec = settings().codec();
        for (float deviation : new float[] {1e-6f, 1e-3f, 1, 30, 10_000}) {
            float[] logits = CodecContract.random(1000, 10, deviation);
            float[] decoded = codec.decode(codec.encode(logits, 10), 10);
            for (int i = 0; i < logits.length; i++) {
                double bound = Math.max(Math.abs(logits[i]) * 0x1p-11, 0x1p-25);
                assertThat((double) Math.abs(decoded[i] - logits[i])).isLessThanOrEqualTo(bound);
            }
        }
    }

    @Test
    void refusesWhatHasNoHalf() {
        Codec codec = settings().codec();
        assertThat(codec.decode(codec.encode(new float[] {65519.996f}, 1), 1)).containsExactly(65504);
        assertThatThrownBy(() -> codec.encode(new float[] {1, -65520}, 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("codec float16 holds logits between -65520 and 65520, was -65520.0; use codec float32");
    }
}
