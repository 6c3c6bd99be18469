package io.retort.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.junit.jupiter.api.Test;

class DecimalsTest {
    @Test
    void aPartIsRoundedAsItsDecimalsAre() {
        assertThat(Decimals.part(0.29, 100)).isEqualTo(29);
        assertThat(Decimals.part(0.57, 100)).isEqualTo(57);
        assertThat(Decimals.part(0.58, 100)).isEqualTo(58);
        assertThat(Decimals.part(0.285, 100)).as("28.5").isEqualTo(29);
        for (int thousandths = 1; thousandths < 1000; thousandths++) {
            double ratio = thousandths / 1000.0;
            for (int count = 1; count <= 200; count++) {
                BigDecimal exact = new BigDecimal(Double.toString(ratio)).multiply(BigDecimal.valueOf(count));
                int part = exact.setScale(0, RoundingMode.HALF_UP).intValue();
                int most = exact.setScale(0, RoundingMode.FLOOR).intValue();
                if (Decimals.part(ratio, count) != part || Decimals.most(ratio, count) != most) {
                    assertThat(Decimals.part(ratio, count))
                            .as(ratio + " of " + count)
                            .isEqualTo(part);
                    assertThat(Decimals.most(ratio, count))
                            .as(ratio + " of " + count)
                            .isEqualTo(most);
                }
            }
        }
    }

    @Test
    void aProductIsTheNearestDouble() {
        assertThat(Decimals.product(0.07, 100)).isEqualTo(7);
        assertThat(Decimals.product(1.15, 100)).isEqualTo(115);
    }

    /**
     * All shares of up to 200 rows, and all gaps of whole per cent: {@code right / rows ≥ teacher / rows − gap} in
     * whole numbers.
     */
    @Test
    void aShareOnTheThresholdHoldsAndOneRowLessDoesNot() {
        int wrong = 0;
        int onTheThreshold = 0;
        for (int rows = 1; rows <= 200; rows++) {
            for (int teacher = 0; teacher <= rows; teacher++) {
                for (int gap = 0; gap <= 100; gap++) {
                    double threshold = (double) teacher / rows - gap / 100.0;
                    int least = Math.floorDiv(100 * teacher - gap * rows + 99, 100);
                    for (int right = Math.max(0, least - 1); right <= Math.min(rows, least + 1); right++) {
                        double share = (double) right / rows;
                        boolean holds = 100 * right >= 100 * teacher - gap * rows;
                        boolean isAtMost = 100 * right <= 100 * teacher - gap * rows;
                        onTheThreshold += holds && isAtMost ? 1 : 0;
                        wrong += Decimals.atLeast(share, threshold) == holds ? 0 : 1;
                        wrong += Decimals.atMost(share, threshold) == isAtMost ? 0 : 1;
                    }
                }
            }
        }
        assertThat(onTheThreshold).isGreaterThan(10_000);
        assertThat(wrong).isZero();
    }

    @Test
    void oneOfABillionRowsIsLess() {
        long rows = 1_000_000_000;
        assertThat(Decimals.atLeast(820_000_000.0 / rows, 0.92 - 0.1)).isTrue();
        assertThat(Decimals.atLeast(819_999_999.0 / rows, 0.92 - 0.1)).isFalse();
    }

    @Test
    void noNumberIsOnNoSide() {
        assertThat(Decimals.atLeast(Double.NaN, 0)).isFalse();
        assertThat(Decimals.atMost(Double.NaN, 0)).isFalse();
        assertThat(Decimals.atMost(Double.POSITIVE_INFINITY, 1)).isFalse();
    }
}
