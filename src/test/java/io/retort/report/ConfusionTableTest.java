package io.retort.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.report.ConfusionTable.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConfusionTableTest {
    /**
     * Of 10 boots 8 are found; of 9 that were called boots 8 are some; bags are never predicted right; nobody has a
     * hat.
     */
    private static final List<List<Long>> ONE = List.of(List.of(8L, 2L, 0L), List.of(1L, 0L, 4L), List.of(0L, 0L, 0L));

    private static final List<List<Long>> OTHER =
            List.of(List.of(10L, 0L, 0L), List.of(5L, 0L, 0L), List.of(0L, 0L, 0L));

    private static final List<String> CLASSES = List.of("boot", "bag", "hat");

    @Test
    void hasTheMarginsWorkedOutByHand() {
        ConfusionTable one = new ConfusionTable("one", CLASSES, List.of(ONE));
        assertThat(List.of(one.recall(0), one.recall(1), one.recall(2))).containsExactly("80.00 %", "0.00 %", "–");
        assertThat(List.of(one.precision(0), one.precision(1), one.precision(2)))
                .containsExactly("88.89 %", "0.00 %", "0.00 %");
        assertThat(List.of(one.support(0), one.support(1), one.support(2))).containsExactly(10L, 5L, 0L);
        assertThat(one.accuracy()).isEqualTo("53.33 %");
        assertThat(one.cell(0, 0)).isEqualTo("8");
        assertThat(one.predictions(0)).isEqualTo("9");
        assertThat(one.share(1, 2)).isEqualTo(0.8);
        assertThat(one.share(2, 0)).isZero();
    }

    /** Precision of boots: the mean of 8/9 and 10/15, which is not that of the summed counts, 18/24. */
    @Test
    void hasTheMeanOverSeedsOfThoseThatHaveTheFigure() {
        ConfusionTable mean = new ConfusionTable("mean", CLASSES, List.of(ONE, OTHER));
        assertThat(mean.recall(0)).isEqualTo("90.00 %");
        assertThat(mean.precision(0)).isEqualTo("77.78 %");
        assertThat(mean.precision(1))
                .as("of the first seed, the other never predicts it")
                .isEqualTo("0.00 %");
        assertThat(mean.cell(0, 0)).isEqualTo("9.0");
        assertThat(mean.support(0)).isEqualTo(10);
    }

    @Test
    void listsThePairsThatAreConfusedMostOften() {
        assertThat(new ConfusionTable("one", CLASSES, List.of(ONE)).pairs())
                .containsExactly(
                        new Pair("bag", "hat", "4", "80.00 %"),
                        new Pair("boot", "bag", "2", "20.00 %"),
                        new Pair("bag", "boot", "1", "20.00 %"));
    }

    @Test
    void manyClassesHaveNoMatrixAndTwentyPairs() {
        int classes = 30;
        List<List<Long>> matrix = new ArrayList<>();
        for (int i = 0; i < classes; i++) {
            int truth = i;
            matrix.add(IntStream.range(0, classes)
                    .mapToObj(predicted -> (long) truth * classes + predicted)
                    .toList());
        }
        List<String> names = IntStream.range(0, classes).mapToObj(i -> "c" + i).toList();
        ConfusionTable many = new ConfusionTable("many", names, List.of(matrix));
        assertThat(many.fits()).isFalse();
        assertThat(new ConfusionTable("few", CLASSES, List.of(ONE)).fits()).isTrue();
        assertThat(many.pairs()).hasSize(20).first().isEqualTo(new Pair("c29", "c28", "898", "3.38 %"));
    }
}
