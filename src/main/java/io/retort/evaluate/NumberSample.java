package io.retort.evaluate;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A number of up to {@value #MOST_ROWS} held-out rows, in the labels' unit and to six digits.
 *
 * @param labels of the rows
 * @param teacher its predictions for them, in the same order
 * @param student the network's
 */
public record NumberSample(String name, List<Double> labels, List<Double> teacher, List<Double> student) {
    static final int MOST_ROWS = 300;
    static final int MOST_NUMBERS = 4;

    private static final MathContext SIX_DIGITS = new MathContext(6);

    public NumberSample {
        labels = List.copyOf(labels);
        teacher = List.copyOf(teacher);
        student = List.copyOf(student);
    }

    /** The first few numbers of the rows that have a label. */
    static List<NumberSample> of(List<String> names, AnsweredRows rows) {
        return IntStream.range(0, Math.min(names.size(), MOST_NUMBERS))
                .mapToObj(number -> {
                    int[] places = IntStream.range(0, rows.rows())
                            .filter(rows.labels()::isPresent)
                            .map(row -> row * names.size() + number)
                            .toArray();
                    return new NumberSample(
                            names.get(number),
                            some(rows.labels().values(), places),
                            some(rows.teacherOutputs(), places),
                            some(rows.outputs(), places));
                })
                .toList();
    }

    private static List<Double> some(float[] values, int[] places) {
        return IntStream.of(places)
                .mapToObj(
                        place -> new BigDecimal(values[place]).round(SIX_DIGITS).doubleValue())
                .toList();
    }
}
