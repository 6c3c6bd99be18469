package io.retort.engine.dl4j;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Softmax cross-entropy against the first half of targets that are twice as wide as the logits. */
public final class PackedCrossEntropy implements ILossFunction {
    private static final long serialVersionUID = 1L;

    @Override
    public double computeScore(
            INDArray targets, INDArray logits, IActivation activation, INDArray mask, boolean average) {
        double sum =
                computeScoreArray(targets, logits, activation, mask).sumNumber().doubleValue();
        return average ? sum / logits.size(0) : sum;
    }

    @Override
    public INDArray computeScoreArray(INDArray targets, INDArray logits, IActivation activation, INDArray mask) {
        INDArray probabilities = Transforms.softmax(logits, true);
        return Transforms.log(probabilities, false)
                .muli(labels(targets, logits))
                .sum(true, 1)
                .negi();
    }

    @Override
    public INDArray computeGradient(INDArray targets, INDArray logits, IActivation activation, INDArray mask) {
        return Transforms.softmax(logits, true).subi(labels(targets, logits));
    }

    @Override
    public Pair<Double, INDArray> computeGradientAndScore(
            INDArray targets, INDArray logits, IActivation activation, INDArray mask, boolean average) {
        return new Pair<>(
                computeScore(targets, logits, activation, mask, average),
                computeGradient(targets, logits, activation, mask));
    }

    @Override
    public String name() {
        return "packed-cross-entropy";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PackedCrossEntropy;
    }

    @Override
    public int hashCode() {
        return PackedCrossEntropy.class.hashCode();
    }

    private static INDArray labels(INDArray targets, INDArray logits) {
        return targets.get(NDArrayIndex.all(), NDArrayIndex.interval(0, logits.size(1)));
    }
}
