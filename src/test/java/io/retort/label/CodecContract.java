package io.retort.label;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.label.Codec.CodecSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What holds for every kind of codec. */
interface CodecContract {
    CodecSettings settings();

    /** Bytes that one sample of ten classes takes. */
    int bytesOfTenClasses();

    @Test
    default void takesTheSameBytesForEverySample() {
        assertThat(codec().encode(random(7, 10, 5), 10)).hasSize(7 * bytesOfTenClasses());
        assertThat(codec().encode(new float[0], 10)).isEmpty();
        assertThat(codec().decode(new byte[0], 10)).isEmpty();
    }

    @Test
    default void encodesEverySampleForItself() {
        float[] two = random(2, 10, 5);
        byte[] together = codec().encode(two, 10);
        byte[] second = codec().encode(Arrays.copyOfRange(two, 10, 20), 10);
        assertThat(Arrays.copyOfRange(together, bytesOfTenClasses(), together.length))
                .isEqualTo(second);
        assertThat(Arrays.copyOfRange(codec().decode(together, 10), 10, 20)).isEqualTo(codec().decode(second, 10));
    }

    @Test
    default void keepsTheMostProbableClass() {
        float[] logits = random(500, 10, 5);
        float[] decoded = codec().decode(codec().encode(logits, 10), 10);
        for (int sample = 0; sample < 500; sample++) {
            assertThat(argmax(decoded, sample * 10)).isEqualTo(argmax(logits, sample * 10));
        }
    }

    @Test
    default void givesTheSameBytesForTheSameLogits() {
        byte[] stored = codec().encode(random(50, 10, 5), 10);
        assertThat(codec().name()).matches("[a-z0-9-]+");
        assertThat(codec().encode(random(50, 10, 5), 10)).isEqualTo(stored);
    }

    @Test
    default void travelsToExecutors() throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(codec());
        Codec arrived = (Codec) new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
        assertThat(arrived.encode(random(3, 10, 5), 10)).isEqualTo(codec().encode(random(3, 10, 5), 10));
        assertThat(arrived.name()).isEqualTo(codec().name());
    }

    private Codec codec() {
        return settings().codec();
    }

    /** Normal logits of a deviation. */
    static float[] random(int samples, int classes, float deviation) {
        Random random = new Random(samples);
        float[] logits = new float[samples * classes];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) random.nextGaussian() * deviation;
        }
        return logits;
    }

    static double[] softmax(float[] logits, int from, int classes) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < classes; i++) {
            largest = Math.max(largest, logits[from + i]);
        }
        double[] probabilities = new double[classes];
        double sum = 0;
        for (int i = 0; i < classes; i++) {
            probabilities[i] = Math.exp(logits[from + i] - largest);
            sum += probabilities[i];
        }
        for (int i = 0; i < classes; i++) {
            probabilities[i] /= sum;
        }
        return probabilities;
    }

    private static int argmax(float[] logits, int from) {
        int best = 0;
        for (int i = 1; i < 10; i++) {
            best = logits[from + i] > logits[from + best] ? i : best;
        }
        return best;
    }
}
