package io.retort.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ChannelMomentsTest {
    private static ChannelMoments of(double... values) {
        double mean = Arrays.stream(values).sum() / values.length;
        double squares = Arrays.stream(values).map(x -> (x - mean) * (x - mean)).sum();
        return new ChannelMoments(values.length, new double[] {mean}, new double[] {squares});
    }

    @Test
    void eachValueWeighsTheSameHoweverManyAPartHas() {
        ChannelMoments merged = of(1, 2, 3, 4, 5, 6, 7).plus(of(100)).plus(of(8, 9));
        // mean 145 / 10 = 14.5; Σ x² = 10285, less 10 · 14.5²
        assertThat(merged.count()).isEqualTo(10);
        assertThat(merged.mean()[0]).isCloseTo(14.5, within(1e-12));
        assertThat(merged.squares()[0]).isCloseTo(10285 - 2102.5, within(1e-9));
        assertThat(merged.variance(0)).isCloseTo(818.25, within(1e-10));
    }

    @Test
    void nothingAddsNothing() {
        ChannelMoments one = of(3, 4);
        assertThat(ChannelMoments.none(1).plus(one)).isSameAs(one);
        assertThat(one.plus(ChannelMoments.none(1))).isSameAs(one);
    }

    @Test
    void aSmallVariationAboutALargeMeanIsKept() {
        // Squares of 10^15 have no room for a variance of 2.
        ChannelMoments merged = of(1e15 - 2, 1e15).plus(of(1e15 + 2)).plus(of(1e15 - 1, 1e15 + 1));
        assertThat(merged.variance(0)).isCloseTo(2, within(1e-9));
    }

    @Test
    void onlyEqualValuesHaveNoVariance() {
        double third = 1 / 3f;
        assertThat(of(third, third)
                        .plus(of(third))
                        .plus(of(third, third, third))
                        .variance(0))
                .isZero();
        assertThat(of(third, third).plus(of(Math.nextUp(third))).variance(0)).isPositive();
    }
}
