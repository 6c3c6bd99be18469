package io.retort.distill.dl4j;

import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.DoubleAccumulator;
import org.apache.spark.util.LongAccumulator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.spark.api.TrainingHook;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Adds up the losses of all rows that DL4J's workers train on. A task that is repeated counts twice, in the sum and in
 * the number of rows, so the mean is over all computed losses.
 */
final class LossSum implements TrainingHook {
    private static final long serialVersionUID = 1L;

    private final DoubleAccumulator losses;
    private final LongAccumulator rows;

    LossSum(JavaSparkContext spark) {
        losses = spark.sc().doubleAccumulator();
        rows = spark.sc().longAccumulator();
    }

    /** The mean loss of a row since the last call; NaN where there was none. */
    double takeMean() {
        double mean = losses.sum() / rows.sum();
        losses.reset();
        rows.reset();
        return mean;
    }

    @Override
    public void preUpdate(DataSet batch, Model model) {}

    @Override
    public void postUpdate(DataSet batch, Model model) {
        add(batch.getFeatures(), model);
    }

    @Override
    public void preUpdate(MultiDataSet batch, Model model) {}

    @Override
    public void postUpdate(MultiDataSet batch, Model model) {
        add(batch.getFeatures(0), model);
    }

    private void add(INDArray features, Model model) {
        losses.add(model.score() * features.size(0));
        rows.add(features.size(0));
    }
}
