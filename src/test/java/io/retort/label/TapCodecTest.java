package io.retort.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.engine.Tap;
import io.retort.network.Shape;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TapCodecTest {
    private final TapCodec codec = new TapCodec(Tap.features("block3.relu", Shape.image(6, 8, 8), 4, 2));

    @Test
    void isNamedByTapReadingAndGrid() {
        assertThat(codec.name()).isEqualTo("tap-block3.relu-features-4x2-float16");
        assertThat(new TapCodec(Tap.attention("block3.relu", Shape.image(6, 8, 8), 8, 8)).name())
                .isEqualTo("tap-block3.relu-attention-8x8-float16");
    }

    @Test
    void takesTwoBytesPerElement() {
        assertThat(codec.bytes()).isEqualTo(6 * 4 * 2 * 2);
        float[] values = new float[3 * 48];
        Random random = new Random(1);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() * 4;
        }
        byte[] stored = codec.encode(values, 48);
        assertThat(stored).hasSize(3 * codec.bytes());
        // 11 significant bits: below 4 off by half of 2⁻⁹ at most
        assertThat(codec.decode(stored, 48)).containsExactly(values, within(0x1p-10f));
    }

    @Test
    void refusesWhatHasNoHalf() {
        assertThatThrownBy(() -> codec.encode(new float[] {1, 70000}, 48))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tap 'block3.relu' gives 70000.0, and taps are stored as halves between -65520 and 65520;"
                        + " tap a node behind a normalisation");
    }
}
