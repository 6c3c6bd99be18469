package io.retort.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.data.Labels;
import io.retort.evaluate.ClassTask.ClassTally;
import io.retort.evaluate.Evaluation.ConfidenceBin;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final Evaluation.Settings SETTINGS = new Evaluation.Settings(8, 2, 5, 12);
    private static final float LN2 = (float) Math.log(2);
    private static final float LN5 = (float) Math.log(5);

    /** Softmax: (1/2, 1/4, 1/4), (2/8, 5/8, 1/8), (1/4, 1/4, 1/2). */
    private static final float[] LOGITS = {LN2, 0, 0, LN2, LN5, 0, 0, 0, LN2};

    private static final int[] LABELS = {0, 2, 1};

    /** Predicts 0, 1, 0. */
    private static final float[] TEACHER = {3, 1, 1, -2, -1, -3, 9, 0, 8};

    @Test
    void giveTheValuesWorkedOutByHand() {
        Evaluation evaluation = tally(LOGITS, TEACHER, LABELS).evaluation();
        assertThat(evaluation.samples()).isEqualTo(3);
        assertThat(evaluation.score(new ClassTask(3))).isEqualTo(1.0 / 3); // 0 is 0; 2 is taken for 1, 1 for 2
        assertThat(evaluation.agreement()).isEqualTo(2.0 / 3); // the network says 0, 1, 2
        // −(ln 1/2 + ln 1/8 + ln 1/4) / 3
        assertThat(evaluation.metrics().get("negative-log-likelihood")).isCloseTo(2 * Math.log(2), within(1e-7));
        // Class 2 is the third of the second row; class 1 shares the second place of the third.
        assertThat(evaluation.metrics().get("top-k-accuracy")).isEqualTo(2.0 / 3);
        // Confidences 0.5, 0.625, 0.5: bin [0.4, 0.6) has 1 hit and confidence 1, bin [0.6, 0.8) no hit and 0.625.
        assertThat(evaluation.metrics().get("expected-calibration-error")).isCloseTo(0.625 / 3, within(1e-7));
        assertThat(evaluation.confidence())
                .containsExactly(
                        new ConfidenceBin(0, 0, 0),
                        new ConfidenceBin(0, 0, 0),
                        new ConfidenceBin(2, 1, evaluation.confidence().get(2).mean()),
                        new ConfidenceBin(1, 0, evaluation.confidence().get(3).mean()),
                        new ConfidenceBin(0, 0, 0));
        assertThat(evaluation.confidence().get(2).mean()).isCloseTo(0.5, within(1e-7));
        assertThat(evaluation.confidence().get(3).mean()).isCloseTo(0.625, within(1e-7));
        assertThat(evaluation.confusion())
                .isEqualTo(List.of(List.of(1L, 0L, 0L), List.of(0L, 0L, 1L), List.of(0L, 1L, 0L)));
        assertThat(evaluation.metrics().keySet())
                .containsExactly(
                        "accuracy",
                        "agreement",
                        "expected-calibration-error",
                        "negative-log-likelihood",
                        "teacher-divergence",
                        "top-k-accuracy");
    }

    @Test
    void divergenceIsFromTheTeacherToTheNetwork() {
        // From (1/3, 1/3, 1/3) to (1/2, 1/4, 1/4), and from a distribution to itself.
        Evaluation evaluation = tally(
                        new float[] {LN2, 0, 0, LN2, LN5, 0}, new float[] {7, 7, 7, LN2, LN5, 0}, new int[] {0, 0})
                .evaluation();
        double byHand = (Math.log(2.0 / 3) + 2 * Math.log(4.0 / 3)) / 3;
        assertThat(new ClassTask(3).divergence(evaluation)).isCloseTo(byHand / 2, within(1e-7));
        // A class that the teacher excludes, as a codec does, counts nothing.
        assertThat(new ClassTask(3)
                        .divergence(tally(
                                        new float[] {LN2, 0, 0},
                                        new float[] {0, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY},
                                        new int[] {0})
                                .evaluation()))
                .isCloseTo(Math.log(2), within(1e-7));
    }

    @Test
    void ofTwoClassesAreAnAreaUnderTheRocCurveAndNoTopTwo() {
        ClassTally tally = new ClassTally(SETTINGS, 2);
        // Scores of class 0: -1 and 2, of class 1: 2 and 3; of 4 pairs 3 are won and 1 is a tie.
        tally.add(new float[] {1, 0, 0, 2, 0, 2, -1, 2}, new float[8], Labels.ofClasses(0, 0, 1, 1));
        Evaluation evaluation = tally.evaluation();
        assertThat(evaluation.metrics().keySet())
                .containsExactly(
                        "accuracy",
                        "agreement",
                        "area-under-roc",
                        "average-precision",
                        "expected-calibration-error",
                        "negative-log-likelihood",
                        "teacher-divergence");
        assertThat(evaluation.metrics().get("area-under-roc")).isEqualTo(3.5 / 4);
        ClassTally oneClass = new ClassTally(SETTINGS, 2);
        oneClass.add(new float[] {1, 0}, new float[2], Labels.ofClasses(1));
        assertThat(oneClass.evaluation().metrics()).doesNotContainKey("area-under-roc");
    }

    @Test
    void certaintyIsInTheLastBinAndImpossibilityIsFinite() {
        Evaluation evaluation = tally(new float[] {1000, 0, 0}, new float[] {0, 0, 0}, new int[] {1})
                .evaluation();
        assertThat(evaluation.metrics().get("expected-calibration-error")).isEqualTo(1);
        assertThat(evaluation.metrics().get("negative-log-likelihood")).isEqualTo(1000);
    }

    @Test
    void ofEqualLogitsTheFirstIsPredicted() {
        Evaluation evaluation = tally(new float[3], new float[3], new int[] {2}).evaluation();
        assertThat(evaluation.confusion().get(2)).containsExactly(1L, 0L, 0L);
        assertThat(evaluation.agreement()).isEqualTo(1);
        assertThat(evaluation.metrics().get("top-k-accuracy")).isEqualTo(1); // a tie counts as a hit
    }

    @Test
    void talliesOfPartsAddUpToTheTallyOfAll() {
        Random random = new Random(1);
        int samples = 500;
        float[] logits = new float[samples * 3];
        float[] teacher = new float[samples * 3];
        int[] labels = new int[samples];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) random.nextGaussian();
            teacher[i] = (float) random.nextGaussian();
        }
        Arrays.setAll(labels, i -> random.nextInt(3));

        ClassTally merged = new ClassTally(SETTINGS, 3);
        for (int from = 0; from < samples; from += 130) {
            int to = Math.min(samples, from + 130);
            merged.add(tally(
                    Arrays.copyOfRange(logits, 3 * from, 3 * to),
                    Arrays.copyOfRange(teacher, 3 * from, 3 * to),
                    Arrays.copyOfRange(labels, from, to)));
        }

        Evaluation whole = tally(logits, teacher, labels).evaluation();
        assertThat(merged.evaluation().confusion()).isEqualTo(whole.confusion());
        assertThat(merged.evaluation().samples()).isEqualTo(samples);
        whole.metrics()
                .forEach((name, value) -> assertThat(
                                merged.evaluation().metrics().get(name))
                        .as(name)
                        .isCloseTo(value, within(1e-12)));
        long total = whole.confusion().stream()
                .flatMap(List::stream)
                .mapToLong(Long::longValue)
                .sum();
        assertThat(total).isEqualTo(samples);
    }

    @Test
    void refusesSettingsThatMeasureNothing() {
        assertThatThrownBy(() -> new Evaluation.Settings(0, 2, 15, 12))
                .hasMessage("batch-size must be at least 1, was 0");
        assertThatThrownBy(() -> new Evaluation.Settings(8, 0, 15, 12)).hasMessage("top-k must be at least 1, was 0");
        assertThatThrownBy(() -> new Evaluation.Settings(8, 2, 0, 12))
                .hasMessage("calibration-bins must be at least 1, was 0");
        assertThatThrownBy(() -> new Evaluation.Settings(8, 2, 15, 101))
                .hasMessage("shown-rows must be from 0 to 100, was 101");
    }

    private static ClassTally tally(float[] logits, float[] teacher, int[] labels) {
        ClassTally tally = new ClassTally(SETTINGS, 3);
        tally.add(logits, teacher, Labels.ofClasses(labels));
        return tally;
    }
}
