package io.retort.evaluate;

import io.retort.data.Labels;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Rows have vectors that only a teacher can give. The score is the mean cosine of the angle between a network's vector
 * and the teacher's; 1 where they point the same way.
 *
 * @param outputs the width of a vector
 */
record EmbeddingTask(int outputs) implements TaughtTask {
    private static final String COSINE = "cosine";
    private static final String SQUARES = "mean-squared-error";
    private static final int NEIGHBOURS = 10;
    /** All are held against all. */
    private static final int MOST_COMPARED = 4000;
    /** Within which two networks say the same. */
    private static final double SAME = 0.999;

    @Override
    public String score() {
        return COSINE;
    }

    /** The mean squared distance over rows and values. */
    @Override
    public double divergence(Evaluation evaluation) {
        return evaluation.metrics().get(SQUARES);
    }

    /** The cosine, and the mean squared distance over the values. */
    @Override
    public double[] figures(float[] given, float[] taught, int from) {
        double squares = 0;
        for (int i = from; i < from + outputs; i++) {
            double apart = (double) given[i] - taught[i];
            squares += apart * apart;
        }
        return new double[] {cosine(given, taught, from, outputs), squares / outputs};
    }

    /** Agreement is the cosine: there is no other. */
    @Override
    public Map<String, Double> metrics(double[] means) {
        return new TreeMap<>(Map.of(COSINE, means[0], "agreement", means[0], SQUARES, means[1]));
    }

    /** None: which of two vectors is better, labels do not show. */
    @Override
    public ContingencyTable pairs(float[] first, float[] second, Labels labels) {
        return new ContingencyTable(0, 0, 0, 0);
    }

    /** They point the same way, but for rounding. */
    @Override
    public boolean agree(float[] given, float[] reference, int row) {
        return cosine(given, reference, row * outputs, outputs) >= SAME;
    }

    /** 0 where one of them is 0, and 1 where both are. */
    private static double cosine(float[] one, float[] other, int from, int width) {
        double product = 0;
        double square = 0;
        double otherSquare = 0;
        for (int i = from; i < from + width; i++) {
            product += (double) one[i] * other[i];
            square += (double) one[i] * one[i];
            otherSquare += (double) other[i] * other[i];
        }
        return square == 0 || otherSquare == 0
                ? square == otherSquare ? 1 : 0
                : product / Math.sqrt(square * otherSquare);
    }

    @Override
    public int compared() {
        return MOST_COMPARED;
    }

    /**
     * {@code recall-at-10}: of a row's ten nearest others by the teacher's vectors, the share that are among the ten
     * nearest by the network's, a mean over the rows. {@code neighbour-accuracy}, where rows have classes: the share of
     * rows whose class is that of most of the ten nearest others, by the network's vectors. {@code constant-cosine}: the
     * mean cosine of the teacher's vectors with the mean of all, of length 1 each, which is what an answer that is always
     * the same would reach.
     */
    @Override
    public Map<String, Double> comparing(AnsweredRows rows) {
        if (rows.rows() <= NEIGHBOURS) {
            return Map.of();
        }
        Neighbours own = Neighbours.of(rows.outputs(), outputs, NEIGHBOURS);
        Neighbours teachers = Neighbours.of(rows.teacherOutputs(), outputs, NEIGHBOURS);
        Map<String, Double> metrics = new TreeMap<>();
        metrics.put("recall-at-" + NEIGHBOURS, teachers.recalledBy(own));
        metrics.put("constant-cosine", constantCosine(rows.teacherOutputs()));
        int[] labelled =
                IntStream.range(0, rows.rows()).filter(rows.labels()::isPresent).toArray();
        if (labelled.length > NEIGHBOURS) {
            Neighbours among = labelled.length == rows.rows()
                    ? own
                    : Neighbours.of(chosen(rows.outputs(), labelled), outputs, NEIGHBOURS);
            metrics.put(
                    "neighbour-accuracy",
                    among.accuracy(rows.labels().rows(labelled).classes()));
        }
        return metrics;
    }

    private float[] chosen(float[] vectors, int[] rows) {
        float[] some = new float[rows.length * outputs];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(vectors, rows[i] * outputs, some, i * outputs, outputs);
        }
        return some;
    }

    /** The mean cosine with the mean of unit vectors is the length of that mean. */
    private double constantCosine(float[] vectors) {
        float[] units = Neighbours.units(vectors, outputs);
        double[] mean = new double[outputs];
        for (int i = 0; i < units.length; i++) {
            mean[i % outputs] += units[i] * (double) outputs / units.length;
        }
        return Math.sqrt(
                IntStream.range(0, outputs).mapToDouble(i -> mean[i] * mean[i]).sum());
    }
}
