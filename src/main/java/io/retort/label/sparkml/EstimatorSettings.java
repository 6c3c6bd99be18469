package io.retort.label.sparkml;

import java.io.Serializable;
import org.apache.spark.ml.classification.ProbabilisticClassifier;
import org.apache.spark.ml.linalg.Vector;

/** The settings of a classifier of Spark ML that is fitted here. */
public interface EstimatorSettings extends Serializable {
    /** With these settings; the same seed and rows give the same model. */
    ProbabilisticClassifier<Vector, ?, ?> classifier(long seed);

    /** The least probability where a recipe names none. */
    default double floor(int classes) {
        return 1e-6;
    }

    /** Why it cannot tell so many classes apart; empty where it can. */
    default String obstacle(int classes) {
        return "";
    }
}
