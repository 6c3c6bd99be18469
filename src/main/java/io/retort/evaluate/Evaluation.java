package io.retort.evaluate;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.retort.config.SettingException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A network's figures on a data set.
 *
 * @param metrics by name, sorted
 * @param confusion samples by true class (row) and predicted class (column); none where rows have no class
 * @param decisions where rows have several classes, by class: the samples of it, those taken for it, and those of both
 * @param confidence where rows have one class each, the samples by equally wide bins of the predicted class's
 *     probability, from 0 to 1
 */
public record Evaluation(
        long samples,
        Map<String, Double> metrics,
        List<List<Long>> confusion,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<List<Long>> decisions,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ConfidenceBin> confidence) {
    public Evaluation {
        decisions = decisions == null ? List.of() : List.copyOf(decisions); // Jackson gives null for what is left out
        confidence = confidence == null ? List.of() : List.copyOf(confidence);
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        confusion = confusion.stream().map(List::copyOf).toList();
    }

    /** Where rows do not have classes. */
    public Evaluation(long samples, Map<String, Double> metrics, List<List<Long>> confusion) {
        this(samples, metrics, confusion, List.of(), List.of());
    }

    /**
     * The samples whose predicted class has a probability within a bin.
     *
     * @param right those whose true class is predicted
     * @param mean of the probabilities; 0 without samples
     */
    public record ConfidenceBin(long samples, long right, double mean) {}

    /** The same with further metrics. */
    public Evaluation with(Map<String, Double> further) {
        Map<String, Double> all = new TreeMap<>(metrics);
        all.putAll(further);
        return new Evaluation(samples, all, confusion, decisions, confidence);
    }

    /** The figure that decides in a task. */
    public double score(Task task) {
        return metrics.get(task.score());
    }

    /** How far the network predicts what its teacher predicts; at most 1. */
    public double agreement() {
        return metrics.get("agreement");
    }

    static List<List<Long>> rows(long[] matrix, int classes) {
        List<List<Long>> rows = new ArrayList<>();
        for (int row = 0; row < classes; row++) {
            List<Long> cells = new ArrayList<>();
            for (int column = 0; column < classes; column++) {
                cells.add(matrix[row * classes + column]);
            }
            rows.add(cells);
        }
        return rows;
    }

    /**
     * How networks are evaluated.
     *
     * @param batchSize samples per inference
     * @param topK the k of top-k accuracy
     * @param calibrationBins equally wide bins of confidence for the expected calibration error
     * @param shownRows held-out rows that a report shows of each student, at most; 0 keeps all rows out of reports
     */
    public record Settings(int batchSize, int topK, int calibrationBins, int shownRows) implements Serializable {
        private static final int MOST_SHOWN = 100;

        public Settings {
            SettingException.requirePositive("batch-size", batchSize);
            SettingException.requirePositive("top-k", topK);
            SettingException.requirePositive("calibration-bins", calibrationBins);
            if (shownRows < 0 || shownRows > MOST_SHOWN) {
                throw new SettingException("shown-rows", "must be from 0 to " + MOST_SHOWN + ", was " + shownRows);
            }
        }
    }
}
