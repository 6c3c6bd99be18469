package io.retort.predict;

import io.retort.predict.ProbeReport.Agreement;
import io.retort.predict.ProbeReport.Finding;
import io.retort.predict.ProbeReport.Neighbours;
import io.retort.predict.ProbeReport.Severity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Asks a classifier about a few rows before it labels all of them: what is wrong with it then costs seconds and not
 * hours, and no store is filled with labels that nobody can use.
 */
public final class Probe {
    /** Of probabilities in a row; half precision is off by less. */
    public static final double SUM_TOLERANCE = 5e-3;

    /** Of the largest output: sums in another order are off by less, a dynamically quantized model by more. */
    private static final double NEIGHBOUR_TOLERANCE = 1e-3;

    /** Of the largest output. */
    private static final double SAME = 1e-5;

    /** Enough to tell a teacher from chance, and to be sure of it. */
    public static final int MIN_LABELLED = 50;

    /** Share of the labelled rows by which another scale must agree better: far more than chance, in so many rows. */
    private static final double MUCH_BETTER = 0.1;

    private static final int ROWS_ALONE = 32;

    private final Answers model;
    private final Map<String, Answers> otherScales;
    private final int[] labels;
    private final Expected expected;
    private final LongSupplier nanoTime;
    private final List<Finding> findings = new ArrayList<>();

    private Probe(
            Answers model, Map<String, Answers> otherScales, int[] labels, Expected expected, LongSupplier nanoTime) {
        this.model = model;
        this.otherScales = otherScales;
        this.labels = labels;
        this.expected = expected;
        this.nanoTime = nanoTime;
    }

    /** What is probed: a model's answers for rows from all over the data. */
    @FunctionalInterface
    public interface Answers {
        /** {@code [count, width]} of rows that it sees together. */
        float[] of(int first, int count);
    }

    /** What is predicted of a row: a class, any number of classes, or numbers. */
    public enum Predicted {
        CLASS,
        SEVERAL_CLASSES,
        NUMBERS
    }

    /**
     * What the recipe and the data demand.
     *
     * @param classes values of a row
     * @param kind of the output; nothing where it is to be found
     * @param batch rows that are labelled together
     * @param target what its values say of a row
     */
    public record Expected(int classes, Optional<OutputKind> kind, int batch, Predicted target) {}

    /**
     * Probes a classifier.
     *
     * @param model gives its output as it is, whatever it means, in the data's order of classes
     * @param otherScales the same with another scale of an input, by what its recipe would have
     * @param labels class indices of the rows; below 0 where a row has none
     * @param nanoTime a clock
     */
    public static ProbeReport of(
            Answers model, Map<String, Answers> otherScales, int[] labels, Expected expected, LongSupplier nanoTime) {
        return new Probe(model, otherScales, labels, expected, nanoTime).report();
    }

    private ProbeReport report() {
        int batch = Math.min(expected.batch(), labels.length);
        float[] first = model.of(0, batch); // a first call is slow, and is not timed
        int width = first.length / batch;
        if (width != expected.classes() || first.length % batch != 0) {
            refuse("its output has " + width + " values per row, and the data has " + expected.classes()
                    + " classes; choose another one with output.name, or let class-names of the data be the model's");
            return unfinished();
        }
        if (!Arrays.equals(first, model.of(0, batch))) {
            refuse("it gives the same batch other answers the second time, so labels would be chance;"
                    + " export it in inference mode (model.eval())");
            return unfinished();
        }
        long start = nanoTime.getAsLong();
        float[] answers = answers(model, batch);
        double seconds = (nanoTime.getAsLong() - start) / 1e9 / labels.length;
        if (!areFinite(answers) || areAllTheSame(answers)) {
            return unfinished();
        }
        Optional<OutputKind> kind = kind(answers);
        Neighbours neighbours = neighbours(answers);
        if (neighbours.dependent()) {
            findings.add(new Finding(Severity.WARNING, "it answers by the neighbours of a row: " + neighbours.text()));
        }
        LabelCounts counts = LabelCounts.of(answers, labels, expected.classes());
        Optional<Agreement> agreement = counts.agreement();
        agreement.ifPresent(found -> {
            counts.otherOrder().ifPresentOrElse(this::refuse, () -> requireMoreThanChance(found));
            tryOtherScales(found, batch);
        });
        return new ProbeReport(labels.length, kind, Optional.of(neighbours), agreement, seconds, findings);
    }

    private ProbeReport unfinished() {
        return new ProbeReport(labels.length, Optional.empty(), Optional.empty(), Optional.empty(), 0, findings);
    }

    private void refuse(String message) {
        findings.add(new Finding(Severity.REFUSAL, message));
    }

    private float[] answers(Answers model, int batch) {
        float[] answers = new float[labels.length * expected.classes()];
        for (int from = 0; from < labels.length; from += batch) {
            int size = Math.min(batch, labels.length - from);
            float[] some = model.of(from, size);
            System.arraycopy(some, 0, answers, from * expected.classes(), some.length);
        }
        return answers;
    }

    private boolean areFinite(float[] answers) {
        for (int i = 0; i < answers.length; i++) {
            if (!Float.isFinite(answers[i])) {
                refuse("it gives " + answers[i] + " for class " + i % expected.classes() + " of row "
                        + i / expected.classes() + "; outputs must be finite. Look at the scale of its inputs, or"
                        + " export it in float32");
                return false;
            }
        }
        return true;
    }

    private boolean areAllTheSame(float[] answers) {
        float allowed = (float) (SAME * largest(answers));
        for (int i = expected.classes(); i < answers.length; i++) {
            if (Math.abs(answers[i] - answers[i % expected.classes()]) > allowed) {
                return false;
            }
        }
        if (labels.length > 1) {
            refuse("it gives all " + labels.length + " rows the same answer " + Arrays.toString(row(answers, 0))
                    + "; look at the scale of its inputs, and whether its weights were loaded before the export");
            return true;
        }
        return false;
    }

    private Optional<OutputKind> kind(float[] answers) {
        return switch (expected.target()) {
            case CLASS -> kindOfClasses(answers);
            case SEVERAL_CLASSES -> kindOfSeveral(answers);
            case NUMBERS -> Optional.of(OutputKind.NUMBERS);
        };
    }

    private Optional<OutputKind> kindOfSeveral(float[] answers) {
        boolean inUnits = true;
        for (float value : answers) {
            inUnits &= value >= -SAME && value <= 1 + SUM_TOLERANCE;
        }
        OutputKind kind = expected.kind().orElse(inUnits ? OutputKind.PROBABILITIES : OutputKind.LOGITS);
        if (kind == OutputKind.PROBABILITIES && !inUnits) {
            refuse("output.kind is probabilities, but not all its outputs are in [0, 1]; set output.kind = logits or"
                    + " auto");
        }
        return Optional.of(kind);
    }

    private Optional<OutputKind> kindOfClasses(float[] answers) {
        OutputKind found = found(answers);
        boolean inUnits = found == OutputKind.NUMBERS;
        if (expected.kind().isEmpty() && inUnits) {
            refuse("all its outputs are in [0, 1] but do not add up to 1 in each row, as those of sigmoids;"
                    + " declare output.kind, if they are logits or probabilities all the same");
            return Optional.empty();
        }
        OutputKind kind = expected.kind().orElse(found);
        boolean fits = found == kind
                || (kind == OutputKind.LOGITS && found != OutputKind.PROBABILITIES)
                || (kind == OutputKind.PROBABILITIES && inUnits);
        if (!fits) {
            refuse("output.kind is " + kind + ", but its outputs are " + found + " in every row; set output.kind = "
                    + found + " or auto");
        }
        return Optional.of(kind);
    }

    /** {@link OutputKind#NUMBERS} stands for values in [0, 1] that do not add up to 1. */
    private OutputKind found(float[] answers) {
        boolean inUnits = true;
        boolean addUp = true;
        boolean logsAddUp = true;
        for (int row = 0; row < labels.length; row++) {
            double sum = 0;
            double sumOfExponentials = 0;
            for (float value : row(answers, row)) {
                inUnits &= value >= -SAME && value <= 1 + SUM_TOLERANCE;
                sum += value;
                sumOfExponentials += Math.exp(value);
            }
            addUp &= Math.abs(sum - 1) <= SUM_TOLERANCE;
            logsAddUp &= Math.abs(sumOfExponentials - 1) <= SUM_TOLERANCE;
        }
        if (inUnits) {
            return addUp ? OutputKind.PROBABILITIES : OutputKind.NUMBERS;
        }
        return logsAddUp ? OutputKind.LOG_PROBABILITIES : OutputKind.LOGITS;
    }

    private Neighbours neighbours(float[] answers) {
        int alone = Math.min(ROWS_ALONE, labels.length);
        double largest = largest(answers);
        double[] differences = new double[alone];
        int flips = 0;
        for (int i = 0; i < alone; i++) {
            float[] together = row(answers, i);
            float[] single = model.of(i, 1);
            for (int c = 0; c < single.length; c++) {
                differences[i] = Math.max(differences[i], Math.abs(single[c] - together[c]) / largest);
            }
            flips += LabelCounts.greatest(single) == LabelCounts.greatest(together) ? 0 : 1;
        }
        Arrays.sort(differences);
        double most = differences[alone - 1];
        return new Neighbours(alone, differences[alone / 2], most, flips, most > NEIGHBOUR_TOLERANCE);
    }

    private void requireMoreThanChance(Agreement agreement) {
        double chance = agreement.chance();
        double deviation = Math.sqrt(chance * (1 - chance) / agreement.labelled());
        if (agreement.labelled() >= MIN_LABELLED && agreement.share() <= chance + 3 * deviation) {
            refuse("it agrees with the labels no more than chance: " + agreement.text()
                    + "; look at the order of its classes (classes) and at the scale of its inputs");
        }
    }

    /** A model that was trained with another scale of its inputs may be right often enough to go unnoticed. */
    private void tryOtherScales(Agreement agreement, int batch) {
        if (agreement.labelled() < MIN_LABELLED || agreement.share() + MUCH_BETTER > 1) {
            return;
        }
        otherScales.forEach((setting, other) -> {
            Agreement otherwise = LabelCounts.of(answers(other, batch), labels, expected.classes())
                    .agreement()
                    .orElseThrow();
            if (otherwise.share() > agreement.share() + MUCH_BETTER) {
                findings.add(new Finding(
                        Severity.WARNING,
                        "with " + setting + " it agrees better with the labels: " + otherwise.text() + ", beside "
                                + agreement.text()));
            }
        });
    }

    private float[] row(float[] answers, int row) {
        return Arrays.copyOfRange(answers, row * expected.classes(), (row + 1) * expected.classes());
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
