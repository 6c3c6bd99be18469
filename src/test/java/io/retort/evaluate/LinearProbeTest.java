package io.retort.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.data.Labels;
import io.retort.spark.LocalSpark;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LinearProbeTest {
    /** Vectors of two values; only their direction counts, so lengths differ by a factor of a hundred. */
    private static AnsweredRows rows(int count, long seed, int classes) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] vectors = new float[2 * count];
        int[] labels = new int[count];
        for (int row = 0; row < count; row++) {
            labels[row] = random.nextInt(classes);
            double angle = 2 * Math.PI * labels[row] / classes + random.nextDouble(-0.6, 0.6);
            double length = random.nextDouble(0.1, 10);
            vectors[2 * row] = (float) (length * Math.cos(angle));
            vectors[2 * row + 1] = (float) (length * Math.sin(angle));
        }
        return new AnsweredRows(2, vectors, new float[0], Labels.ofClasses(labels));
    }

    @Test
    void findsClassesThatDirectionsTellApartAndNoOthers() {
        AnsweredRows fitted = rows(600, 1, 4);
        AnsweredRows judged = rows(300, 2, 4);
        double found =
                LinearProbe.accuracy(LocalSpark.context(), fitted, judged, 4).orElseThrow();
        assertThat(found).isGreaterThan(0.95);
        assertThat(LinearProbe.accuracy(LocalSpark.context(), fitted, judged, 4))
                .hasValue(found);
        AnsweredRows shuffled = new AnsweredRows(
                2, judged.outputs(), new float[0], rows(300, 3, 4).labels());
        assertThat(LinearProbe.accuracy(LocalSpark.context(), fitted, shuffled, 4)
                        .orElseThrow())
                .isBetween(0.1, 0.4);
    }

    /** Class 2 of 4 has no row to fit, and is never found. */
    @Test
    void classesMayLackRows() {
        AnsweredRows judged = rows(300, 2, 4);
        int[] labels = judged.labels().classes();
        AnsweredRows fitted = rows(600, 1, 2);
        double third =
                LinearProbe.accuracy(LocalSpark.context(), fitted, judged, 4).orElseThrow();
        long others = java.util.Arrays.stream(labels).filter(label -> label > 1).count();
        assertThat(third).isLessThan(1 - others / 600.0);
        AnsweredRows one =
                new AnsweredRows(2, new float[] {1, 0, 0, 1}, new float[0], Labels.ofClasses(new int[] {3, 3}));
        assertThat(LinearProbe.accuracy(LocalSpark.context(), one, judged, 4)).isEmpty();
    }
}
