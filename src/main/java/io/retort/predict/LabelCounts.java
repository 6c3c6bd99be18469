package io.retort.predict;

import io.retort.predict.ProbeReport.Agreement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How often a classifier says each class of rows of each label.
 *
 * @param counts {@code [said][label]}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record LabelCounts(int[][] counts) {
    /** Share of the labelled rows by which another order of classes must agree better: orders are many. */
    private static final double BEYOND_DOUBT = 0.3;

    /**
     * Counts.
     *
     * @param answers {@code [rows, classes]}
     * @param labels class indices of the rows; below 0 where a row has none
     */
    static LabelCounts of(float[] answers, int[] labels, int classes) {
        int[][] counts = new int[classes][classes];
        for (int row = 0; row < labels.length; row++) {
            if (labels[row] >= 0) {
                counts[greatest(Arrays.copyOfRange(answers, row * classes, (row + 1) * classes))][labels[row]]++;
            }
        }
        return new LabelCounts(counts);
    }

    static int greatest(float[] row) {
        int greatest = 0;
        for (int c = 1; c < row.length; c++) {
            greatest = row[c] > row[greatest] ? c : greatest;
        }
        return greatest;
    }

    private int labelled() {
        return Arrays.stream(counts).flatMapToInt(Arrays::stream).sum();
    }

    /**
     * The agreement with the labels; nothing where no row has one. Chance is what agrees where predictions and labels
     * have these frequencies and nothing to do with each other (as in Cohen's kappa, 1960).
     */
    Optional<Agreement> agreement() {
        int labelled = labelled();
        if (labelled == 0) {
            return Optional.empty();
        }
        int right = 0;
        double chance = 0;
        for (int c = 0; c < counts.length; c++) {
            int label = c;
            double predicted = Arrays.stream(counts[c]).sum();
            double there = Arrays.stream(counts).mapToInt(said -> said[label]).sum();
            right += counts[c][c];
            chance += predicted / labelled * there / labelled;
        }
        return Optional.of(new Agreement(labelled, (double) right / labelled, chance));
    }

    /**
     * What is wrong where the classes are in another order, beyond doubt; nothing where it may be theirs. Classes that
     * are partly in another order may agree more than chance, and teach the wrong names.
     */
    Optional<String> otherOrder() {
        Agreement agreement = agreement().orElseThrow();
        if (agreement.labelled() < Probe.MIN_LABELLED || agreement.share() + BEYOND_DOUBT > 1) {
            return Optional.empty();
        }
        int[] order = bestOrder();
        int right = 0;
        List<String> moved = new ArrayList<>();
        for (int said = 0; said < order.length; said++) {
            if (order[said] >= 0) {
                right += counts[said][order[said]];
                if (order[said] != said) {
                    moved.add(said + " for " + order[said]);
                }
            }
        }
        double share = (double) right / agreement.labelled();
        return share <= agreement.share() + BEYOND_DOUBT
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "it agrees with %s, but with its classes in another order it would with %.1f %%: it says class"
                                + " %s; name the data's classes in the order of its output (classes)",
                        agreement.text(),
                        100 * share,
                        String.join(", ", moved)));
    }

    /** Gives each predicted class a label of its own, the largest counts first; -1 where none is left that it meets. */
    private int[] bestOrder() {
        int classes = counts.length;
        int[] order = new int[classes];
        Arrays.fill(order, -1);
        boolean[] taken = new boolean[classes];
        while (true) {
            int said = -1;
            int label = -1;
            for (int p = 0; p < classes; p++) {
                for (int l = 0; order[p] < 0 && l < classes; l++) {
                    if (!taken[l] && counts[p][l] > (said < 0 ? 0 : counts[said][label])) {
                        said = p;
                        label = l;
                    }
                }
            }
            if (said < 0) {
                return order;
            }
            order[said] = label;
            taken[label] = true;
        }
    }
}
