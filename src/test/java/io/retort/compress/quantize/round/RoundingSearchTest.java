package io.retort.compress.quantize.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.compress.quantize.round.RoundingSearch.RoundingChoice;
import io.retort.network.int8.AffineCode;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RoundingSearchTest {
    private static final AdaptiveRounding SETTINGS = AdaptiveRoundingTest.settings();

    /** Non-negative inputs that have much in common, as behind a ReLU; slopes as of gaps of a tenth of them. */
    private static InputMoments.Objective objective(int inputs, int outputs, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        InputMoments moments = new InputMoments(inputs, outputs);
        for (int place = 0; place < 4 * inputs; place++) {
            double common = random.nextGaussian();
            float[] values = new float[inputs];
            for (int i = 0; i < inputs; i++) {
                values[i] = (float) Math.max(0, common + random.nextGaussian());
            }
            double[] gap = new double[outputs];
            for (int o = 0; o < outputs; o++) {
                gap[o] = 0.1 * (common + random.nextGaussian());
            }
            moments.add(values, gap);
        }
        return moments.meanSquare();
    }

    private static List<RoundingChoice> choices(int inputs, int outputs, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<RoundingChoice> choices = new ArrayList<>();
        for (int o = 0; o < outputs; o++) {
            float[] weights = new float[inputs];
            for (int i = 0; i < inputs; i++) {
                weights[i] = (float) random.nextGaussian();
            }
            choices.add(new RoundingChoice(weights, AffineCode.symmetric(2.0, 3)));
        }
        return choices;
    }

    private static double value(
            InputMoments.Objective objective, List<RoundingChoice> choices, int output, int[] codes) {
        return objective.value(output, choices.get(output).change(codes));
    }

    @Test
    void isNeverWorseThanNearestAndMostlyFarBetter() {
        double found = 0;
        double nearest = 0;
        for (long seed = 1; seed <= 5; seed++) {
            InputMoments.Objective objective = objective(50, 20, seed);
            List<RoundingChoice> choices = choices(50, 20, seed);
            int[][] codes = new RoundingSearch(SETTINGS, objective).codes(choices);
            for (int o = 0; o < 20; o++) {
                double foundHere = value(objective, choices, o, codes[o]);
                double nearestHere = value(objective, choices, o, choices.get(o).nearest());
                assertThat(foundHere).isLessThanOrEqualTo(nearestHere);
                found += foundHere;
                nearest += nearestHere;
            }
        }
        assertThat(found).isLessThan(0.75 * nearest);
    }

    /** One iteration at an enormous rate throws every weight somewhere. */
    @Test
    void isNotWorseThanNearestWhereTheSearchFails() {
        AdaptiveRounding wild = new AdaptiveRounding(1, 1, 1, 1e6, 1e-9, 2, 1, 0);
        InputMoments.Objective objective = objective(30, 16, 1);
        List<RoundingChoice> choices = choices(30, 16, 1);
        int[][] codes = new RoundingSearch(wild, objective).codes(choices);
        for (int o = 0; o < 16; o++) {
            assertThat(value(objective, choices, o, codes[o]))
                    .isLessThanOrEqualTo(
                            value(objective, choices, o, choices.get(o).nearest()));
        }
    }

    @Test
    void isNearTheBestOfAllRoundings() {
        int inputs = 10;
        int outputs = 20;
        InputMoments.Objective objective = objective(inputs, outputs, 3);
        List<RoundingChoice> choices = choices(inputs, outputs, 3);
        int[][] codes = new RoundingSearch(SETTINGS, objective).codes(choices);
        double lost = 0;
        double gained = 0;
        for (int o = 0; o < outputs; o++) {
            double least = Double.POSITIVE_INFINITY;
            for (int ups = 0; ups < 1 << inputs; ups++) {
                int[] some = new int[inputs];
                for (int i = 0; i < inputs; i++) {
                    some[i] = ((ups >> i) & 1) == 1
                            ? choices.get(o).upper(i)
                            : choices.get(o).lower(i);
                }
                least = Math.min(least, value(objective, choices, o, some));
            }
            double found = value(objective, choices, o, codes[o]);
            lost += found - least;
            gained += value(objective, choices, o, choices.get(o).nearest()) - least;
            assertThat(found).isGreaterThanOrEqualTo(least - 1e-12);
        }
        assertThat(lost).isLessThan(0.2 * gained);
    }

    @Test
    void isNearestWhereInputsHaveNothingInCommon() {
        int inputs = 33;
        double[][] identity = new double[inputs][inputs];
        for (int i = 0; i < inputs; i++) {
            identity[i][i] = 1;
        }
        InputMoments.Objective objective = new InputMoments.Objective(identity, new double[2][inputs]);
        List<RoundingChoice> choices = choices(inputs, 2, 8);
        int[][] codes = new RoundingSearch(SETTINGS, objective).codes(choices);
        for (int o = 0; o < 2; o++) {
            assertThat(codes[o]).isEqualTo(choices.get(o).nearest());
        }
    }

    @Test
    void isNearestWhereNothingIsMultiplied() {
        InputMoments.Objective objective = new InputMoments.Objective(new double[5][5], new double[1][5]);
        List<RoundingChoice> choices = choices(5, 1, 8);
        assertThat(new RoundingSearch(SETTINGS, objective).codes(choices)[0])
                .isEqualTo(choices.get(0).nearest());
    }

    @Test
    void codesAreThoseBelowAndAboveOrTheNearestWithinTheRange() {
        int inputs = 50;
        InputMoments.Objective objective = objective(inputs, 20, 4);
        List<RoundingChoice> choices = choices(inputs, 20, 4);
        int[][] codes = new RoundingSearch(SETTINGS, objective).codes(choices);
        int clamped = 0;
        int moved = 0;
        for (int o = 0; o < 20; o++) {
            int[] nearest = choices.get(o).nearest();
            for (int i = 0; i < inputs; i++) {
                double steps = (double) choices.get(o).weights()[i]
                        / choices.get(o).code().scale();
                assertThat(codes[o][i]).isBetween(-3, 3);
                if (Math.abs(steps) > 3) {
                    assertThat(codes[o][i]).isEqualTo(steps > 0 ? 3 : -3);
                    clamped++;
                } else {
                    assertThat(Math.abs(codes[o][i] - steps)).isLessThan(1);
                }
                moved += codes[o][i] == nearest[i] ? 0 : 1;
            }
        }
        assertThat(clamped).isGreaterThan(10);
        assertThat(moved).isGreaterThan(50);
    }

    @Test
    void wholeStepsStay() {
        float[] weights = {0, -0.5f, 1, 0.2f, -0.0f, 0.3f, 0.8f};
        RoundingChoice choice = new RoundingChoice(weights, new AffineCode(0.5f, 1, -4, 3));
        assertThat(choice.isFree(0)).isFalse();
        assertThat(choice.isFree(3)).isTrue();
        assertThat(choice.fraction(3)).isEqualTo(0.2f / 0.5f);
        int[] codes = new RoundingSearch(SETTINGS, objective(7, 1, 2)).codes(List.of(choice))[0];
        assertThat(List.of(codes[0], codes[1], codes[2], codes[4])).containsExactly(1, 0, 3, 1);
    }

    @Test
    void eachOutputIsByItselfAndEqualArgumentsGiveEqualCodes() {
        InputMoments.Objective objective = objective(31, 37, 6);
        List<RoundingChoice> choices = choices(31, 37, 6);
        int[][] codes = new RoundingSearch(SETTINGS, objective).codes(choices);
        assertThat(new RoundingSearch(SETTINGS, objective).codes(choices)).isDeepEqualTo(codes);
        for (int o = 0; o < 37; o++) {
            InputMoments.Objective alone = new InputMoments.Objective(
                    objective.gram(), new double[][] {objective.slopes()[o]});
            assertThat(new RoundingSearch(SETTINGS, alone).codes(List.of(choices.get(o)))[0])
                    .isEqualTo(codes[o]);
        }
    }
}
