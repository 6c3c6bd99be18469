package io.retort.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.distill.loss.LogitLoss.LogitBatch;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.lang3.SerializationUtils;
import org.junit.jupiter.api.Test;

/** What every loss over logits must keep. */
interface LossContract {
    int CLASSES = 5;

    /** The loss at several settings, with a weight of 1. */
    List<LossSettings> settings();

    /** Whether the loss compares samples with one another, so that a batch that is there twice is another batch. */
    default boolean comparesSamples() {
        return false;
    }

    /** Whether the loss sees the logits themselves, and not only what softmax makes of them. */
    default boolean comparesLogits() {
        return false;
    }

    @Test
    default void gradientIsThatOfCentralDifferences() {
        for (LossSettings settings : settings()) {
            LogitLoss loss = settings.create();
            double[] student = random(4, 1);
            double[] gradient = new double[student.length];
            loss.evaluate(batch(4, student), 0.7, gradient);
            double step = 1e-5;
            for (int i = 0; i < student.length; i++) {
                double difference = value(loss, moved(student, i, step)) - value(loss, moved(student, i, -step));
                assertThat(gradient[i])
                        .as("%s, logit %d", settings, i)
                        .isCloseTo(0.7 * difference / (2 * step), within(1e-8));
            }
        }
    }

    @Test
    default void isTheMeanOverTheBatch() {
        for (LossSettings settings : settings()) {
            LogitLoss loss = settings.create();
            double[] student = random(3, 2);
            double[] twice = Arrays.copyOf(student, 2 * student.length);
            System.arraycopy(student, 0, twice, student.length, student.length);
            double once = value(loss, student);
            if (comparesSamples()) {
                assertThat(value(loss, twice)).as("%s", settings).isLessThan(1.9 * once);
            } else {
                assertThat(value(loss, twice)).as("%s", settings).isCloseTo(once, within(1e-12));
            }
        }
    }

    @Test
    default void addsToTheGradientAndLeavesItAloneAtWeightZero() {
        for (LossSettings settings : settings()) {
            LogitLoss loss = settings.create();
            double[] student = random(3, 3);
            double[] gradient = new double[student.length];
            Arrays.fill(gradient, 2);
            loss.evaluate(batch(3, student), 0, gradient);
            assertThat(gradient).as("%s", settings).containsOnly(2);
        }
    }

    @Test
    default void doesNotChangeWhenAllLogitsOfASampleMoveTogetherUnlessItComparesLogits() {
        for (LossSettings settings : settings()) {
            LogitLoss loss = settings.create();
            double[] student = random(3, 4);
            double[] shifted = Arrays.stream(student).map(logit -> logit + 1000).toArray();
            double change = Math.abs(value(loss, shifted) - value(loss, student));
            if (comparesLogits()) {
                assertThat(change).as("%s", settings).isGreaterThan(1e-5);
            } else {
                assertThat(change).as("%s", settings).isLessThan(1e-9);
            }
        }
    }

    @Test
    default void staysFiniteOnOneSampleOnConstantRowsAndOnHugeLogits() {
        for (LossSettings settings : settings()) {
            LogitLoss loss = settings.create();
            for (int size : new int[] {1, 2, 3}) {
                double[] zeros = new double[size * CLASSES];
                double[] oneHot = zeros.clone();
                oneHot[0] = 1;
                double[] huge =
                        Arrays.stream(random(size, 6)).map(logit -> 1e4 * logit).toArray();
                requireFinite(settings, loss, batch(size, zeros));
                requireFinite(
                        settings,
                        loss,
                        LogitBatch.taught(
                                size, CLASSES, huge, batch(size, zeros).targets(), zeros));
                requireFinite(
                        settings,
                        loss,
                        LogitBatch.taught(
                                size, CLASSES, zeros, batch(size, zeros).targets(), zeros));
                requireFinite(
                        settings,
                        loss,
                        LogitBatch.taught(
                                size, CLASSES, oneHot, batch(size, zeros).targets(), huge));
            }
        }
    }

    @Test
    default void rowsWithoutLabelAddNothingToLossesOfLabelsAndAllToThoseOfTheTeacher() {
        for (LossSettings settings : settings()) {
            LogitLoss loss = settings.create();
            double[] student = random(4, 7);
            LogitBatch whole = batch(4, student);
            LogitBatch half = unlabelled(whole, 1, 3);
            double[] gradient = new double[student.length];
            double value = loss.evaluate(half, 0.7, gradient);
            double step = 1e-5;
            for (int i = 0; i < student.length; i++) {
                double difference = loss.evaluate(
                                unlabelled(batch(4, moved(student, i, step)), 1, 3), 1, gradient.clone())
                        - loss.evaluate(unlabelled(batch(4, moved(student, i, -step)), 1, 3), 1, gradient.clone());
                assertThat(gradient[i])
                        .as("%s, logit %d", settings, i)
                        .isCloseTo(0.7 * difference / (2 * step), within(1e-8));
            }
            LogitBatch none = unlabelled(whole, 0, 1, 2, 3);
            if (settings.source() == LossSettings.Source.LABELS) {
                // Rows 0 and 2 have labels, and the batch has four rows.
                double labelled = IntStream.of(0, 2)
                        .mapToDouble(row -> loss.evaluate(row(whole, row), 1, new double[CLASSES]))
                        .sum();
                assertThat(value).as("%s", settings).isCloseTo(labelled / 4, within(1e-12));
                assertThat(Arrays.copyOfRange(gradient, CLASSES, 2 * CLASSES)).containsOnly(0);
                double[] untouched = new double[student.length];
                assertThat(loss.evaluate(none, 1, untouched)).isZero();
                assertThat(untouched).containsOnly(0);
            } else {
                assertThat(loss.evaluate(none, 1, new double[student.length]))
                        .as("%s", settings)
                        .isPositive();
            }
        }
    }

    /** The same batch where some rows have no label, and numbers without meaning in its place. */
    private static LogitBatch unlabelled(LogitBatch batch, int... rows) {
        double[] targets = batch.targets().clone();
        double[] weights = batch.signals().labelWeights().clone();
        for (int row : rows) {
            weights[row] = 0;
            Arrays.fill(targets, row * CLASSES, (row + 1) * CLASSES, 0.9);
        }
        return LogitBatch.of(
                batch.student(),
                new Signals(
                        batch.size(), CLASSES, targets, weights, batch.signals().teacher()));
    }

    private static LogitBatch row(LogitBatch batch, int row) {
        return LogitBatch.taught(
                1,
                CLASSES,
                Arrays.copyOfRange(batch.student(), row * CLASSES, (row + 1) * CLASSES),
                Arrays.copyOfRange(batch.targets(), row * CLASSES, (row + 1) * CLASSES),
                Arrays.copyOfRange(batch.teacher(), row * CLASSES, (row + 1) * CLASSES));
    }

    private static void requireFinite(LossSettings settings, LogitLoss loss, LogitBatch batch) {
        double[] gradient = new double[batch.student().length];
        assertThat(loss.evaluate(batch, 1, gradient)).as("%s", settings).isFinite();
        assertThat(Arrays.stream(gradient).allMatch(Double::isFinite))
                .as("finite gradient of %s", settings)
                .isTrue();
    }

    @Test
    default void survivesJavaSerialisation() {
        for (LossSettings settings : settings()) {
            assertThat(SerializationUtils.roundtrip(settings)).isEqualTo(settings);
        }
    }

    private static double value(LogitLoss loss, double[] student) {
        return loss.evaluate(batch(student.length / CLASSES, student), 1, new double[student.length]);
    }

    private static double[] moved(double[] values, int at, double by) {
        double[] copy = values.clone();
        copy[at] += by;
        return copy;
    }

    /** Sample i has label i mod 3 and the teacher's logits of i mod 3, so that a batch of 3 can be repeated. */
    private static LogitBatch batch(int size, double[] student) {
        double[] targets = new double[size * CLASSES];
        double[] teacher = new double[size * CLASSES];
        double[] some = random(3, 5);
        for (int i = 0; i < size; i++) {
            targets[i * CLASSES + i % 3] = 1;
            System.arraycopy(some, i % 3 * CLASSES, teacher, i * CLASSES, CLASSES);
        }
        return LogitBatch.taught(size, CLASSES, student, targets, teacher);
    }

    private static double[] random(int rows, long seed) {
        Random random = new Random(seed);
        return random.doubles((long) rows * CLASSES, -4, 4).toArray();
    }
}
