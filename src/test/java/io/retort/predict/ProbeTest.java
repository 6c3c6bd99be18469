package io.retort.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.predict.Probe.Answers;
import io.retort.predict.Probe.Expected;
import io.retort.predict.Probe.Predicted;
import io.retort.predict.ProbeReport.Severity;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Rows of two values; a teacher's answers are functions of these. */
class ProbeTest {
    private static final int ROWS = 200;
    private static final float[] VALUES = values();

    /** Right for the label of {@link #labels}: 0, if the first value is the greater. */
    private static final Answers LOGITS = perRow((x, y) -> new float[] {3 * x, 3 * y});

    private static final Answers PROBABILITIES = perRow((x, y) -> {
        float p = (float) (1 / (1 + Math.exp(y - x)));
        return new float[] {p, 1 - p};
    });

    @Test
    void findsNothingWrongWithAGoodTeacher() {
        ProbeReport report = probe(LOGITS, Optional.empty());
        assertThat(report.refusal()).isEmpty();
        assertThat(report.findings()).isEmpty();
        assertThat(report.kind()).contains(OutputKind.LOGITS);
        assertThat(report.neighbours().orElseThrow().largest()).isZero();
        assertThat(report.agreement().orElseThrow().share()).isEqualTo(1);
        assertThat(report.agreement().orElseThrow().chance()).isCloseTo(0.5, within(0.02));
        assertThat(report.lines()).contains("output: logits");
    }

    @Test
    void findsWhatTheOutputMeans() {
        assertThat(probe(PROBABILITIES, Optional.empty()).kind()).contains(OutputKind.PROBABILITIES);
        Answers logs = (first, batch) -> {
            float[] answers = PROBABILITIES.of(first, batch);
            OutputKind.PROBABILITIES.toLogits(answers, 1e-12);
            return answers;
        };
        assertThat(probe(logs, Optional.empty()).kind()).contains(OutputKind.LOG_PROBABILITIES);
    }

    @Test
    void refusesADeclarationThatIsWrong() {
        assertThat(probe(PROBABILITIES, Optional.of(OutputKind.LOGITS))
                        .refusal()
                        .orElseThrow())
                .startsWith("output.kind is logits")
                .contains("probabilities");
        assertThat(probe(LOGITS, Optional.of(OutputKind.PROBABILITIES)).refusal())
                .isPresent();
        assertThat(probe(LOGITS, Optional.of(OutputKind.LOG_PROBABILITIES)).refusal())
                .isPresent();
    }

    @Test
    void refusesSigmoidsUnlessTheyAreDeclared() {
        Answers sigmoids = perRow((x, y) -> new float[] {sigmoid(x), sigmoid(y)});
        assertThat(probe(sigmoids, Optional.empty()).refusal().orElseThrow()).contains("sigmoids");
        assertThat(probe(sigmoids, Optional.of(OutputKind.PROBABILITIES)).refusal())
                .isEmpty();
    }

    @Test
    void warnsWhereAnotherScaleAgreesMuchBetterWithTheLabels() {
        Answers halfRight = perRow((x, y) -> new float[] {x > 0 ? 3 * x : 9, 3 * y});
        Map<String, Answers> otherScales = Map.of("divide-by = 1", halfRight, "divide-by = 255", LOGITS);
        ProbeReport report = Probe.of(
                halfRight, otherScales, labels(), new Expected(2, Optional.empty(), 64, Predicted.CLASS), () -> 0);
        assertThat(report.refusal()).isEmpty();
        assertThat(report.findings()).hasSize(1);
        assertThat(report.lines().get(report.lines().size() - 1))
                .startsWith(
                        "warning: with divide-by = 255 it agrees better with the labels: 100.0 % of 200 labelled rows")
                .contains(", beside " + report.agreement().orElseThrow().text());
        assertThat(Probe.of(
                                LOGITS,
                                otherScales,
                                labels(),
                                new Expected(2, Optional.empty(), 64, Predicted.CLASS),
                                () -> 0)
                        .findings())
                .isEmpty();
    }

    @Test
    void refusesAnotherWidth() {
        ProbeReport report = probe(perRow((x, y) -> new float[] {x, y, 0}), Optional.empty());
        assertThat(report.refusal().orElseThrow()).contains("3 values per row", "2 classes");
        assertThat(report.kind()).isEmpty();
    }

    @Test
    void refusesTheSameAnswerForAllRows() {
        assertThat(probe(perRow((x, y) -> new float[] {1, 2}), Optional.empty())
                        .refusal()
                        .orElseThrow())
                .contains("the same answer");
    }

    @Test
    void refusesWhatIsNotFinite() {
        assertThat(probe(perRow((x, y) -> new float[] {x, Float.NaN}), Optional.empty())
                        .refusal()
                        .orElseThrow())
                .contains("NaN", "class 1", "row 0");
    }

    @Test
    void refusesATeacherThatIsInTrainingMode() {
        SplittableRandom random = new SplittableRandom(1);
        Answers dropout = perRow((x, y) -> new float[] {x * random.nextInt(2), y * random.nextInt(2)});
        assertThat(probe(dropout, Optional.empty()).refusal().orElseThrow()).contains("model.eval()");
    }

    @Test
    void measuresByHowMuchNeighboursMatter() {
        Answers batchNorm = (first, batch) -> {
            float[] answers = LOGITS.of(first, batch);
            float greatest = 0;
            for (float answer : answers) {
                greatest = Math.max(greatest, Math.abs(answer));
            }
            for (int i = 0; i < answers.length; i++) {
                answers[i] = Math.round(answers[i] / greatest * 127) * greatest / 127;
            }
            return answers;
        };
        ProbeReport report = probe(batchNorm, Optional.empty());
        assertThat(report.refusal()).isEmpty();
        assertThat(report.neighbours().orElseThrow().dependent()).isTrue();
        assertThat(report.neighbours().orElseThrow().largest()).isBetween(1e-3, 1e-2);
        assertThat(report.findings()).extracting(ProbeReport.Finding::severity).containsExactly(Severity.WARNING);
    }

    @Test
    void refusesATeacherThatIsNoBetterThanChance() {
        Answers swapped = perRow((x, y) -> new float[] {y, x});
        assertThat(probe(swapped, Optional.empty()).refusal().orElseThrow()).contains("chance", "classes");
    }

    /** Three fifths of its answers are right, which is more than chance. */
    @Test
    void refusesClassesThatAreInAnotherOrderInPart() {
        int[] labels = new int[ROWS];
        for (int row = 0; row < ROWS; row++) {
            labels[row] = row % 5 < 3 ? 0 : row % 5 - 2;
        }
        Answers swapped = (first, count) -> {
            float[] answers = new float[3 * count];
            for (int i = 0; i < count; i++) {
                answers[3 * i + (3 - labels[first + i]) % 3] = 5;
            }
            return answers;
        };
        ProbeReport report =
                Probe.of(swapped, Map.of(), labels, new Expected(3, Optional.empty(), 64, Predicted.CLASS), () -> 0);
        assertThat(report.refusal().orElseThrow())
                .startsWith("it agrees with 60.0 % of 200 labelled rows (chance: 44.0 %)")
                .endsWith("in another order it would with 100.0 %: it says class 1 for 2, 2 for 1; name the data's"
                        + " classes in the order of its output (classes)");
    }

    @Test
    void saysNothingOfAgreementWhereThereAreNoLabels() {
        int[] unlabelled = new int[ROWS];
        Arrays.fill(unlabelled, -1);
        ProbeReport report =
                Probe.of(LOGITS, Map.of(), unlabelled, new Expected(2, Optional.empty(), 64, Predicted.CLASS), () -> 0);
        assertThat(report.agreement()).isEmpty();
        assertThat(report.refusal()).isEmpty();
    }

    @Test
    void countsSecondsOfARow() {
        AtomicLong clock = new AtomicLong();
        Answers slow = (first, batch) -> {
            clock.addAndGet(batch * 1_000_000L);
            return LOGITS.of(first, batch);
        };
        ProbeReport report =
                Probe.of(slow, Map.of(), labels(), new Expected(2, Optional.empty(), 64, Predicted.CLASS), clock::get);
        assertThat(report.secondsPerRow()).isCloseTo(1e-3, within(1e-12));
    }

    private static ProbeReport probe(Answers model, Optional<OutputKind> kind) {
        return Probe.of(model, Map.of(), labels(), new Expected(2, kind, 64, Predicted.CLASS), () -> 0);
    }

    private static int[] labels() {
        int[] labels = new int[ROWS];
        for (int i = 0; i < ROWS; i++) {
            labels[i] = VALUES[2 * i] > VALUES[2 * i + 1] ? 0 : 1;
        }
        return labels;
    }

    private static float[] values() {
        SplittableRandom random = new SplittableRandom(7);
        float[] values = new float[2 * ROWS];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-2, 2);
        }
        return values;
    }

    private static float sigmoid(float x) {
        return (float) (1 / (1 + Math.exp(-x)));
    }

    private interface PerRow {
        float[] answer(float x, float y);
    }

    private static Answers perRow(PerRow answers) {
        return (first, batch) -> {
            int width = answers.answer(VALUES[0], VALUES[1]).length;
            float[] all = new float[batch * width];
            for (int i = 0; i < batch; i++) {
                int at = 2 * (first + i);
                System.arraycopy(answers.answer(VALUES[at], VALUES[at + 1]), 0, all, i * width, width);
            }
            return all;
        };
    }
}
