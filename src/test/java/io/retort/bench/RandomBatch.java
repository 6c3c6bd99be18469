package io.retort.bench;

import io.retort.data.Labels;
import io.retort.distill.loss.Signals.SignalLayout;
import io.retort.engine.Batch;
import io.retort.network.Shape;
import java.util.Optional;
import java.util.SplittableRandom;

/** Something to learn for a benchmark of kernels, whose time does not depend on what the numbers are. */
final class RandomBatch {
    private RandomBatch() {}

    /** Features in [−1, 1), and every class in turn. */
    static Batch of(Shape input, int classes, int samples) {
        return of(input, classes, samples, false);
    }

    /** @param taught whether the logits of a teacher, all 0, are among the signals */
    static Batch of(Shape input, int classes, int samples, boolean taught) {
        SplittableRandom random = new SplittableRandom(1);
        float[] features = new float[samples * input.elements()];
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) random.nextDouble(-1, 1);
        }
        int[] labels = new int[samples];
        for (int i = 0; i < samples; i++) {
            labels[i] = i % classes;
        }
        Optional<float[]> teacher = taught ? Optional.of(new float[samples * classes]) : Optional.empty();
        return new Batch(
                features, new SignalLayout(classes, taught).packed(Labels.ofClasses(labels), teacher), samples);
    }
}
