package io.retort.network.int8;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.network.int8.AffineCode.Symmetry;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AffineCodeTest {
    @Test
    void matchesTheAsymmetricCodeWorkedOutByHand() {
        // −1 to 3 in 255 steps of 4/255; −128 − (−1)/(4/255) = −128 + 63.75 = −64.25, so the code of 0 is
        // −64
        AffineCode code = AffineCode.asymmetric(-1, 3, 8);
        assertThat(code.scale()).isEqualTo((float) (4.0 / 255));
        assertThat(code.zeroPoint()).isEqualTo(-64);
        // 1 / (4/255) = 63.75, to the nearest 64, and −64 + 64 = 0, which is read back as 64 · 4/255
        assertThat(code.quantize(1)).isEqualTo((byte) 0);
        assertThat(code.roundTrip(1)).isEqualTo(64 * (float) (4.0 / 255));
        assertThat(code.quantize(-7)).isEqualTo((byte) -128);
        assertThat(code.quantize(7)).isEqualTo((byte) 127);
    }

    @Test
    void matchesTheSymmetricCodeWorkedOutByHand() {
        AffineCode code = AffineCode.symmetric(254, 8); // in 127 steps of 2
        assertThat(code).isEqualTo(new AffineCode(2, 0, -127, 127));
        // ties go to the even code: 1/2 → 0, 3/2 → 2, 5/2 → 2
        assertThat(new int[] {code.quantize(1), code.quantize(3), code.quantize(5), code.quantize(-3)})
                .containsExactly(0, 2, 2, -2);
        assertThat(code.quantize(-1000)).isEqualTo((byte) -127);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 7, 8})
    void isOffByHalfAStepAtMostAndKeepsZero(int bits) {
        SplittableRandom random = new SplittableRandom(bits);
        for (int i = 0; i < 200; i++) {
            double min = -random.nextDouble() * Math.pow(10, random.nextInt(-6, 6));
            double max = random.nextDouble() * Math.pow(10, random.nextInt(-6, 6));
            for (Symmetry symmetry : Symmetry.values()) {
                AffineCode code = symmetry.code(min, max, bits);
                assertThat(code.roundTrip(0)).isZero();
                for (int j = 0; j < 50; j++) {
                    float value = (float) random.nextDouble(min, max);
                    // Half a step, and at the ends another half, by which the zero point was moved to a whole number.
                    assertThat((double) code.roundTrip(value)).isCloseTo(value, within(1.0001 * code.scale()));
                    if (value > code.min() && value < code.max()) {
                        assertThat((double) code.roundTrip(value)).isCloseTo(value, within(0.5001 * code.scale()));
                    }
                    assertThat(code.quantize(code.roundTrip(value))).isEqualTo(code.quantize(value));
                }
            }
        }
    }

    @Test
    void symmetryUsesAllCodesWhereNothingIsNegative() {
        assertThat(Symmetry.SYMMETRIC.code(0, 51, 8)).isEqualTo(new AffineCode(0.2f, -128, -128, 127));
        assertThat(Symmetry.SYMMETRIC.code(-1, 127, 8)).isEqualTo(new AffineCode(1, 0, -127, 127));
        assertThat(Symmetry.SYMMETRIC.code(-127, 1, 8)).isEqualTo(new AffineCode(1, 0, -127, 127));
    }

    @ParameterizedTest
    @EnumSource(Symmetry.class)
    void codesNothingButZerosExactly(Symmetry symmetry) {
        AffineCode code = symmetry.code(0, 0, 8);
        assertThat(code.scale()).isEqualTo(1);
        assertThat(code.roundTrip(0)).isZero();
    }

    @Test
    void refusesWhatIsNoCode() {
        assertThatThrownBy(() -> new AffineCode(0, 0, -128, 127))
                .hasMessage("scale must be a finite number > 0, was 0.0");
        assertThatThrownBy(() -> new AffineCode(Float.NaN, 0, -128, 127))
                .hasMessage("scale must be a finite number > 0, was NaN");
        assertThatThrownBy(() -> new AffineCode(1, 0, -129, 127))
                .hasMessage("codes must be a part of -128 to 127, were -129 to 127");
        assertThatThrownBy(() -> new AffineCode(1, 9, -8, 7))
                .hasMessage("zero point must be one of the codes -8 to 7, was 9");
        assertThatThrownBy(() -> AffineCode.symmetric(1, 9)).hasMessage("bits must be from 2 to 8, was 9");
        assertThatThrownBy(() -> AffineCode.symmetric(Double.NaN, 8))
                .hasMessage("the range of a code must be finite, was NaN wide");
    }
}
