package io.retort.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.evaluate.Confusion.ClassFigures;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ConfusionTest {
    /** Class 3 has 200 rows and is never predicted. */
    private static final Confusion FOUR = new Confusion(List.of(
            List.of(935L, 94L, 0L, 0L),
            List.of(0L, 546L, 54L, 0L),
            List.of(15L, 0L, 156L, 0L),
            List.of(60L, 80L, 60L, 0L)));

    @Test
    void givesTheFiguresOfEachClassThatScikitLearnGives() {
        // sklearn.metrics 1.x: balanced_accuracy_score and precision_recall_fscore_support with zero_division = nan
        assertThat(Confusion.balancedAccuracy(FOUR.classes())).isCloseTo(0.6827324689274206, within(1e-15));
        double[] precisions = {0.9257425742574258, 0.7583333333333333, 0.5777777777777777};
        double[] recalls = {0.9086491739552964, 0.91, 0.9122807017543859, 0};
        double[] f1 = {0.9171162334477685, 0.8272727272727273, 0.7074829931972789, 0};
        long[] rows = {1029, 600, 171, 200};
        for (int c = 0; c < 4; c++) {
            ClassFigures figures = FOUR.classes().get(c);
            assertThat(figures.rows()).isEqualTo(rows[c]);
            assertThat(figures.recall().orElseThrow()).isCloseTo(recalls[c], within(1e-15));
            assertThat(figures.f1().orElseThrow()).isCloseTo(f1[c], within(1e-15));
            if (c < 3) {
                assertThat(figures.precision().orElseThrow()).isCloseTo(precisions[c], within(1e-15));
            }
            assertThat(figures.neverPredicted()).isEqualTo(c == 3);
        }
        assertThat(FOUR.classes().get(3).precision()).isEmpty();
        assertThat(FOUR.samples()).isEqualTo(2000);
    }

    @Test
    void tellsAMajorityFromSkill() {
        // 19 of 400 rows are positive, and none of them is found: the accuracy is 95.25 %
        Confusion rare = new Confusion(List.of(List.of(381L, 0L), List.of(19L, 0L)));
        assertThat(rare.mostFrequent()).isZero();
        assertThat(rare.mostFrequentShare()).isEqualTo(0.9525);
        assertThat(Confusion.balancedAccuracy(rare.classes())).isEqualTo(0.5);
        assertThat(rare.classes())
                .containsExactly(
                        new ClassFigures(
                                381,
                                400,
                                OptionalDouble.of(1),
                                OptionalDouble.of(0.9525),
                                OptionalDouble.of(762 / 781.0)),
                        new ClassFigures(19, 0, OptionalDouble.of(0), OptionalDouble.empty(), OptionalDouble.of(0)));
    }

    @Test
    void leavesAClassWithoutRowsOutOfTheMean() {
        Confusion confusion = new Confusion(List.of(List.of(3L, 1L, 0L), List.of(0L, 0L, 0L), List.of(0L, 0L, 4L)));
        assertThat(Confusion.balancedAccuracy(confusion.classes())).isEqualTo((0.75 + 1) / 2);
        assertThat(confusion.classes().get(1))
                .isEqualTo(new ClassFigures(0, 1, OptionalDouble.empty(), OptionalDouble.of(0), OptionalDouble.of(0)));
        Confusion absent = new Confusion(List.of(List.of(3L, 0L), List.of(0L, 0L)));
        assertThat(absent.classes().get(1))
                .isEqualTo(
                        new ClassFigures(0, 0, OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty()));
        assertThat(absent.classes().get(1).neverPredicted()).isFalse();
    }

    @Test
    void ofSeveralIsTheirSum() {
        Confusion one = new Confusion(List.of(List.of(1L, 2L), List.of(3L, 4L)));
        Confusion other = new Confusion(List.of(List.of(10L, 0L), List.of(0L, 20L)));
        assertThat(Confusion.sum(List.of(one, other)).cells()).isEqualTo(List.of(List.of(11L, 2L), List.of(3L, 24L)));
    }

    @Test
    void namesTheFirstOfEquallyFrequentClasses() {
        Confusion even = new Confusion(List.of(List.of(0L, 0L, 0L), List.of(0L, 5L, 0L), List.of(5L, 0L, 0L)));
        assertThat(even.mostFrequent()).isEqualTo(1);
        assertThat(even.mostFrequentShare()).isEqualTo(0.5);
    }
}
