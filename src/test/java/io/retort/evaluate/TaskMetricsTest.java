package io.retort.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.data.Labels;
import io.retort.data.Labels.LabelCounts;
import io.retort.data.Target;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Metrics of several classes and of numbers, against what scikit-learn 1.9.1 gives for the same rows. */
class TaskMetricsTest {
    private static final Evaluation.Settings SETTINGS = new Evaluation.Settings(128, 2, 15, 12);
    private static final Target TAGS = new Target.MultiLabelTarget(List.of("a", "b", "c"));
    private static final Target NUMBERS = new Target.NumberTarget(List.of("m", "n"));
    private static final int ROWS = 300;

    @Test
    void severalClassesHaveTheFiguresOfScikitLearn() {
        float[] labels = new float[3 * ROWS];
        float[] logits = new float[3 * ROWS];
        for (int i = 0; i < ROWS; i++) {
            boolean[] has = {i * 7 % 10 < 3, i * 13 % 11 < 5, i * 3 % 17 < 2};
            for (int c = 0; c < 3; c++) {
                labels[3 * i + c] = has[c] ? 1 : 0;
                logits[3 * i + c] = (float) (((i * 31 + c * 17) % 101 - 50) / 10.0 + (has[c] ? 1.5 : -1.5));
            }
        }
        Evaluation evaluation = evaluation(TAGS, logits, logits, labels);
        Map<String, Double> metrics = evaluation.metrics();
        assertThat(metrics.get("macro-f1")).isCloseTo(0.4899934688667084, within(1e-12));
        assertThat(metrics.get("micro-f1")).isCloseTo(0.5212121212121212, within(1e-12));
        assertThat(metrics.get("mean-area-under-roc")).isCloseTo(0.756462865465482, within(1e-12));
        assertThat(metrics.get("mean-average-precision")).isCloseTo(0.6269963853264172, within(1e-12));
        assertThat(metrics.get("exact-match")).isCloseTo(0.23333333333333334, within(1e-12));
        assertThat(metrics.get("binary-cross-entropy")).isCloseTo(0.7784125221977193, within(1e-6));
        assertThat(metrics.get("agreement")).isEqualTo(1);
        assertThat(evaluation.decisions()).hasSize(3).allMatch(counts -> counts.get(2) <= counts.get(0));
        Task task = Task.of(TAGS);
        assertThat(task.score(logits, logits, new Labels(labels, 3))).isCloseTo(metrics.get("macro-f1"), within(1e-12));
    }

    @Test
    void divergenceOfSeveralClassesIsTheirMean() {
        float ln3 = (float) Math.log(3);
        // From 3/4 to 1/2, from 1/2 to 1/4, and from 1 to 1/2.
        Task.Accumulator tally = Task.of(TAGS).tally(SETTINGS);
        tally.add(
                new float[] {0, -ln3, 0},
                new float[] {ln3, 0, Float.POSITIVE_INFINITY},
                new Labels(new float[] {1, 0, 1}, 3));
        double first = 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5);
        double second = 0.5 * Math.log(2) + 0.5 * Math.log(2.0 / 3);
        assertThat(Task.of(TAGS).divergence(tally.evaluation()))
                .isCloseTo((first + second + Math.log(2)) / 3, within(1e-7));
    }

    @Test
    void numbersHaveTheFiguresOfScikitLearn() {
        float[] labels = new float[2 * ROWS];
        float[] given = new float[2 * ROWS];
        for (int i = 0; i < ROWS; i++) {
            labels[2 * i] = 100 + i * 7 % 13;
            labels[2 * i + 1] = 5 - i * 5 % 9;
            given[2 * i] = labels[2 * i] + i * 11 % 7 - 3;
            given[2 * i + 1] = labels[2 * i + 1] + (i * 3 % 5 - 2) / 2f;
        }
        Evaluation evaluation = evaluation(NUMBERS, given, labels, labels);
        Map<String, Double> metrics = evaluation.metrics();
        assertThat(Task.of(NUMBERS).divergence(evaluation)).isEqualTo(1 - metrics.get("agreement"));
        assertThat(metrics.get("r2")).isCloseTo(0.8200194221110978, within(1e-9));
        assertThat(metrics.get("r2 of m")).isCloseTo(0.7148189905918687, within(1e-9));
        assertThat(metrics.get("r2 of n")).isCloseTo(0.9252198536303269, within(1e-9));
        assertThat(metrics.get("mae")).isCloseTo(1.16, within(1e-9));
        assertThat(metrics.get("rmse")).isCloseTo(1.355218670681055, within(1e-9));
        assertThat(metrics.get("agreement"))
                .as("with a teacher that is always right")
                .isCloseTo(metrics.get("r2"), within(1e-12));
    }

    @Test
    void aNumberThatNeverChangesIsRightOrNot() {
        Task task = Task.of(new Target.NumberTarget(List.of("m")));
        Labels same = new Labels(new float[] {4, 4}, 1);
        assertThat(task.score(new float[] {4, 4}, new float[2], same)).isEqualTo(1);
        assertThat(task.score(new float[] {4, 5}, new float[2], same)).isEqualTo(0);
    }

    @Test
    void pairsCountRowsOnWhichOneIsNearerTheTruth() {
        Labels tags = new Labels(new float[] {1, 0, 1, 1, 1, 1, Float.NaN, 0, 0}, 3);
        assertThat(Task.of(TAGS)
                        .pairs(
                                new float[] {1, -1, 1, -1, -1, -1, 1, 1, 1},
                                new float[] {1, -1, -1, -1, -1, -1, 1, 1, 1},
                                tags))
                .isEqualTo(new ContingencyTable(1, 1, 0, 0));
        Labels numbers = new Labels(new float[] {0, 10, 20}, 1);
        assertThat(Task.of(new Target.NumberTarget(List.of("m")))
                        .pairs(new float[] {1, 10, 19}, new float[] {3, 11, 20}, numbers))
                .isEqualTo(new ContingencyTable(0, 2, 1, 0));
    }

    @Test
    void constantAnswersAndAgreementFollowFromTheTask() {
        // F1 of a constant yes: 2π / (1 + π), of 50 and of 10 rows in 100
        assertThat(Task.of(TAGS).constantScore(new LabelCounts(TAGS, 100, List.of(50L, 10L, 0L))))
                .isCloseTo((2 * 0.5 / 1.5 + 2 * 0.1 / 1.1) / 2, within(1e-12));
        assertThat(Task.of(NUMBERS).constantScore(new LabelCounts(NUMBERS, 100, List.of())))
                .isZero();
        assertThat(Task.of(TAGS).agree(new float[] {1, -1, 2}, new float[] {3, -2, 1}, 0))
                .isTrue();
        assertThat(Task.of(TAGS).agree(new float[] {1, -1, 2}, new float[] {3, 2, 1}, 0))
                .isFalse();
        assertThat(Task.of(NUMBERS).agree(new float[] {100, 1.9f}, new float[] {100, 1}, 0))
                .isTrue();
        assertThat(Task.of(NUMBERS).agree(new float[] {100, 2.1f}, new float[] {100, 1}, 0))
                .isFalse();
    }

    /** Of two parts, which add up to all. */
    private static Evaluation evaluation(Target target, float[] given, float[] teacher, float[] labels) {
        int width = target.outputs();
        Task.Accumulator all = Task.of(target).tally(SETTINGS);
        for (int[] part : new int[][] {{0, 90}, {90, ROWS}}) {
            Task.Accumulator some = Task.of(target).tally(SETTINGS);
            some.add(
                    Arrays.copyOfRange(given, part[0] * width, part[1] * width),
                    Arrays.copyOfRange(teacher, part[0] * width, part[1] * width),
                    new Labels(Arrays.copyOfRange(labels, part[0] * width, part[1] * width), width));
            all.add(some);
        }
        return all.evaluation();
    }
}
