package io.retort.engine.dl4j;

import io.retort.engine.Batch;
import io.retort.network.Shape;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The rows of a step as arrays of ND4J. */
public final class BatchArrays {
    private BatchArrays() {}

    /** Features {@code [size, channels, height, width]} or {@code [size, features]}. */
    public static INDArray features(float[] features, Shape shape, int size) {
        long[] sizes = shape.isImage()
                ? new long[] {size, shape.channels(), shape.height(), shape.width()}
                : new long[] {size, shape.elements()};
        return Nd4j.create(features, sizes, 'c');
    }

    /** The signals that the loss of the logits learns from. */
    public static INDArray targets(Batch batch) {
        return rows(batch.targets(), batch.size());
    }

    /** The labels of all outputs of the graph: the targets, then the values of the taps. */
    static INDArray[] labels(Batch batch) {
        INDArray[] labels = new INDArray[1 + batch.taps().size()];
        labels[0] = targets(batch);
        for (int i = 0; i < batch.taps().size(); i++) {
            labels[i + 1] = rows(batch.taps().get(i), batch.size());
        }
        return labels;
    }

    private static INDArray rows(float[] values, int size) {
        return Nd4j.create(values, new long[] {size, values.length / size}, 'c');
    }
}
