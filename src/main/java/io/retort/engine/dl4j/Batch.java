package io.retort.engine.dl4j;

import io.retort.network.Shape;
import java.io.Serializable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What one optimiser step sees. It takes its arrays over without a copy.
 *
 * @param features of all samples, scaled, one after the other
 * @param targets of all samples, as wide as the loss wants them, one after the other
 * @param size how many samples
 */
@SuppressWarnings("ArrayRecordComponent") // on its way to a step, never compared
public record Batch(float[] features, float[] targets, int size) implements Serializable {
    /** Features of samples of a shape as an ND4J array, {@code [size, channels, height, width]} or {@code [size, features]}. */
    static INDArray features(float[] features, Shape shape, int size) {
        long[] sizes = shape.isImage()
                ? new long[] {size, shape.channels(), shape.height(), shape.width()}
                : new long[] {size, shape.elements()};
        return Nd4j.create(features, sizes, 'c');
    }

    INDArray targetArray() {
        return Nd4j.create(targets, new long[] {size, targets.length / size}, 'c');
    }
}
