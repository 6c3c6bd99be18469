package io.retort.evaluate;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The metrics, sorted by the name that they have in a report. */
final class Metrics {
    private Metrics() {}

    /** Those that tell something of so many classes: one of k is always among the k most probable. */
    static Map<String, Metric> all(EvaluationSettings settings, int classes) {
        Map<String, Metric> metrics = new LinkedHashMap<>();
        metrics.put(ClassTask.ACCURACY, new Accuracy());
        metrics.put("agreement", new Agreement());
        metrics.put("expected-calibration-error", new ExpectedCalibrationError(settings.calibrationBins()));
        metrics.put("negative-log-likelihood", new NegativeLogLikelihood());
        if (settings.topK() < classes) {
            metrics.put("top-k-accuracy", new TopKAccuracy(settings.topK()));
        }
        return Collections.unmodifiableMap(metrics);
    }
}
