package io.retort.scaling;

import io.retort.data.Schema;
import io.retort.distill.loss.LossSettings;
import io.retort.distill.loss.SignalLayout;
import io.retort.engine.dl4j.Batch;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Samples that cost what a recipe's own do, and mean nothing; the same each time. */
record MadeSamples(Schema schema) {
    /** A batch to train on, with a teacher's logits where some loss needs them. */
    Batch batch(int size, List<LossSettings> losses) {
        int classes = schema.classes();
        SignalLayout layout = SignalLayout.of(classes, losses);
        int[] labels = IntStream.range(0, size).map(i -> i % classes).toArray();
        Optional<float[]> logits = layout.taught() ? Optional.of(gaussian(size * classes)) : Optional.empty();
        return new Batch(features(size), layout.packed(labels, logits), size);
    }

    /** Features {@code [samples, elements of the shape]} that samples may have: of texts, ids of all tokens. */
    float[] features(int samples) {
        int count = samples * schema.shape().elements();
        if (!schema.hasTexts()) {
            return gaussian(count);
        }
        SplittableRandom random = new SplittableRandom(1);
        float[] ids = new float[count];
        for (int i = 0; i < count; i++) {
            ids[i] = random.nextInt(schema.vocabulary().size());
        }
        return ids;
    }

    static float[] gaussian(int count) {
        SplittableRandom random = new SplittableRandom(1);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
