package io.retort.data;

import io.retort.data.Column.NumberColumn;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of a table near those that there are: values drawn anew from their own columns, and normal noise on numbers.
 * What happens to a value depends on seed, row id and place of the value alone.
 *
 * @param resample the probability with which a value is replaced
 * @param noise in standard deviations of the column
 */
record TableNoise(double resample, double noise, long seed) {
    private static final double UNIT = 0x1p-53;

    Rows in(List<String> columns, Rows rows) {
        List<Rows.Values> values = new ArrayList<>();
        long place = 0; // of a value in its row, over all columns
        for (int c = 0; c < rows.columns().size(); c++) {
            Column column = rows.columns().get(c);
            Rows.Values own = rows.values().get(c);
            int width = column instanceof NumberColumn numbers ? numbers.shape().elements() : 1;
            if (!columns.contains(column.name())) {
                values.add(own);
            } else if (column instanceof NumberColumn numbers) {
                values.add(numbers(rows.ids(), (Rows.NumberValues) own, numbers, place));
            } else {
                values.add(texts(rows.ids(), ((Rows.TextValues) own).texts(), place));
            }
            place += width;
        }
        return new Rows(rows.columns(), rows.ids(), rows.labels(), values);
    }

    private Rows.NumberValues numbers(long[] ids, Rows.NumberValues own, NumberColumn column, long place) {
        int width = column.shape().elements();
        float[] values = new float[ids.length * width];
        column.element().decode(own.stored(), 0, values, 0, values.length);
        float[] shown = values.clone();
        for (int i = 0; i < width; i++) {
            double deviation = noise == 0 ? 0 : noise * deviation(values, i, width);
            for (int row = 0; row < ids.length; row++) {
                long random = random(ids[row], place + i);
                int from = source(random, row, ids.length);
                double added = deviation == 0 ? 0 : deviation * normal(View.mix(random + 2));
                shown[row * width + i] = finite(values[from * width + i], added);
            }
        }
        byte[] stored = new byte[own.stored().length];
        column.element().encode(shown, 0, stored, 0, shown.length);
        return new Rows.NumberValues(stored, own.bytesEach());
    }

    /** A sum beyond the range of floats leaves the value as it is. */
    private static float finite(float value, double added) {
        float sum = (float) (value + added);
        return Float.isInfinite(sum) ? value : sum;
    }

    private Rows.TextValues texts(long[] ids, String[] values, long place) {
        String[] shown = new String[values.length];
        for (int row = 0; row < values.length; row++) {
            shown[row] = values[source(random(ids[row], place), row, values.length)];
        }
        return new Rows.TextValues(shown);
    }

    private long random(long id, long place) {
        return View.mix(View.mix(seed + id) + place);
    }

    /** The row whose value is shown. */
    private int source(long random, int row, int rows) {
        if (unit(random) >= resample) {
            return row;
        }
        return (int) (unit(View.mix(random + 1)) * rows);
    }

    /** Uniform in [0, 1). */
    static double unit(long random) {
        return (random >>> 11) * UNIT;
    }

    /** A normal deviate (Box and Muller 1958), with the same bits on every machine. */
    private static double normal(long random) {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - unit(random)));
        return radius * StrictMath.cos(2 * Math.PI * unit(View.mix(random)));
    }

    /** The standard deviation of the values that are there; 0 of none. */
    private static double deviation(float[] values, int first, int width) {
        double sum = 0;
        int count = 0;
        for (int i = first; i < values.length; i += width) {
            if (!Float.isNaN(values[i])) {
                sum += values[i];
                count++;
            }
        }
        double squares = 0;
        for (int i = first; i < values.length; i += width) {
            squares += Float.isNaN(values[i]) ? 0 : (values[i] - sum / count) * (values[i] - sum / count);
        }
        return count == 0 ? 0 : Math.sqrt(squares / count);
    }
}
