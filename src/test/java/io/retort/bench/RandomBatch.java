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
        SplittableRandom random = new SplittableRandom(1);
        float[] features = new float[samples * input.elements()];
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) random.nextDouble(-1, 1);
        }
        int[] labels = new int[samples];
        for (int i = 0; i < samples; i++) {
            labels[i] = i % classes;
        }
        return new Batch(
                features, new SignalLayout(classes, false).packed(Labels.ofClasses(labels), Optional.empty()), samples);
    }
}
