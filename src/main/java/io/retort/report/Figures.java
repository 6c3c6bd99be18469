package io.retort.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.retort.evaluate.Confusion;
import io.retort.evaluate.Confusion.ClassFigures;
import io.retort.evaluate.Evaluation.ConfidenceBin;
import io.retort.report.Report.DatasetSection;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A network with its cost and its figures. Of a teacher that was made elsewhere, parameters, MACs or bytes may be
 * unknown.
 *
 * @param accuracy the score of the task: see {@link DatasetSection#score}
 * @param confusion samples by true class (row) and predicted class (column); none where samples do not have one class
 * @param decisions where samples have several classes, by class: those of it, those taken for it, and those of both
 * @param confidence where samples have one class, by equally wide bins of the predicted class's probability
 */
@JsonIgnoreProperties(
        value = {"balancedAccuracy", "classes", "macroF1"},
        allowGetters = true)
public record Figures(
        double accuracy,
        double agreement,
        OptionalLong parameters,
        OptionalLong macs,
        OptionalLong bytes,
        LatencySection latency,
        Map<String, Double> metrics,
        List<List<Long>> confusion,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<List<Long>> decisions,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ConfidenceBin> confidence) {
    public Figures {
        decisions = Report.orNone(decisions);
        confidence = Report.orNone(confidence); // earlier reports had none
    }

    /** Where samples do not have several classes each, and nobody asks for confidence. */
    public Figures(
            double accuracy,
            double agreement,
            OptionalLong parameters,
            OptionalLong macs,
            OptionalLong bytes,
            LatencySection latency,
            Map<String, Double> metrics,
            List<List<Long>> confusion) {
        this(accuracy, agreement, parameters, macs, bytes, latency, metrics, confusion, List.of(), List.of());
    }

    /** The mean of the recalls of all classes that have samples. */
    @JsonProperty
    public double balancedAccuracy() {
        return Confusion.balancedAccuracy(classes());
    }

    /** The area under the ROC curve of two classes that both have samples. */
    public OptionalDouble areaUnderRoc() {
        return metric("area-under-roc");
    }

    /** The mean F1 of all classes that have samples or are predicted. */
    @JsonProperty
    public double macroF1() {
        return ClassFigures.macroF1(classes());
    }

    /** The expected calibration error; nothing where samples have no classes. */
    public OptionalDouble calibrationError() {
        return metric("expected-calibration-error");
    }

    /** The average precision of the second of two classes that both have samples. */
    public OptionalDouble averagePrecision() {
        return metric("average-precision");
    }

    private OptionalDouble metric(String name) {
        Double value = metrics.get(name);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** The figures of each class, by its index. */
    @JsonProperty
    public List<ClassFigures> classes() {
        return decisions.isEmpty()
                ? new Confusion(confusion).classes()
                : decisions.stream().map(ClassFigures::ofDecisions).toList();
    }

    /** One thread of ONNX Runtime: percentiles at batch 1, and samples per second at batch 128. */
    public record LatencySection(double p50, double p99, double batch) {}
}
