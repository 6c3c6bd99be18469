package io.retort.data;

import io.retort.data.Column.NumberColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Mixes each row with another of its shard: {@code x = λ·xᵢ + (1 − λ)·xⱼ}, λ drawn from {@code Beta(α, α)} and j evenly
 * (Zhang, Cisse, Dauphin, Lopez-Paz 2018, section 2, arXiv:1710.09412). Both depend on seed, the row's id and the
 * number of rows in the shard alone. Where a value must be a whole number, it is rounded.
 *
 * @param alpha in (0, 1]
 */
record Mixup(double alpha, long seed) {
    /**
     * What becomes of a row.
     *
     * @param share λ, of the row itself
     * @param partner the place of the other
     * @param ownLabel whether the label is the row's own, which has the probability λ
     */
    private record Mix(double share, int partner, boolean ownLabel) {}

    /** The rows of a shard, mixed in the named columns, which are numbers. */
    Rows in(List<String> columns, Rows rows) {
        List<Rows.Values> values = new ArrayList<>();
        for (int c = 0; c < rows.columns().size(); c++) {
            Rows.Values own = rows.values().get(c);
            values.add(
                    rows.columns().get(c) instanceof NumberColumn column && columns.contains(column.name())
                            ? mixed(rows.ids(), (Rows.NumberValues) own, column)
                            : own);
        }
        return new Rows(rows.columns(), rows.ids(), rows.labels(), values);
    }

    private Rows.NumberValues mixed(long[] ids, Rows.NumberValues own, NumberColumn column) {
        int width = column.shape().elements();
        boolean isWhole = column.element() != DataType.FLOAT32;
        float[] one = new float[width];
        float[] other = new float[width];
        byte[] stored = new byte[own.stored().length];
        for (int row = 0; row < ids.length; row++) {
            Mix mix = mix(ids[row], ids.length);
            column.element().decode(own.stored(), row * column.bytes(), one, 0, width);
            column.element().decode(own.stored(), mix.partner() * column.bytes(), other, 0, width);
            for (int i = 0; i < width; i++) {
                double value = mix.share() * one[i] + (1 - mix.share()) * other[i];
                one[i] = (float) (isWhole ? Math.rint(value) : value);
            }
            column.element().encode(one, 0, stored, row * column.bytes(), width);
        }
        return new Rows.NumberValues(stored, own.bytesEach());
    }

    /**
     * The labels of mixed rows. Numbers are mixed as the rows are. A class is that of one of the two rows, of the row
     * itself with the probability λ, so that a loss that is linear in the label, as cross-entropy is, has the mean that
     * mixed labels give. A row whose label would be, or be made of, that of a row without label has none.
     *
     * @param labels of the rows that a data set has
     * @param places of those in the shard, ascending
     * @param ids of all rows of the shard
     */
    Labels labels(Labels labels, int[] places, long[] ids, boolean areNumbers) {
        int width = labels.width();
        float[] mixed = new float[labels.values().length];
        for (int row = 0; row < places.length; row++) {
            Mix mix = mix(ids[places[row]], ids.length);
            int other = Arrays.binarySearch(places, mix.partner());
            double share = areNumbers ? mix.share() : mix.ownLabel() ? 1 : 0;
            for (int i = row * width; i < (row + 1) * width; i++) {
                float theirs = other < 0 ? Float.NaN : labels.values()[other * width + i - row * width];
                mixed[i] = share == 1
                        ? labels.values()[i]
                        : share == 0 ? theirs : (float) (share * labels.values()[i] + (1 - share) * theirs);
            }
        }
        return new Labels(mixed, width);
    }

    private Mix mix(long id, int rows) {
        long random = View.mix(View.mix(seed) + id);
        int partner = (int) (TableNoise.unit(random) * rows);
        double share = beta(View.mix(random + 1));
        return new Mix(share, partner, TableNoise.unit(View.mix(random + 2)) < share);
    }

    /** By Jöhnk 1964: {@code x / (x + y)} of powers 1/α of uniform numbers whose sum is at most 1. */
    private double beta(long random) {
        for (long next = random; ; next = View.mix(next)) {
            double x = StrictMath.pow(TableNoise.unit(View.mix(next + 1)), 1 / alpha);
            double y = StrictMath.pow(TableNoise.unit(View.mix(next + 2)), 1 / alpha);
            if (x + y > 0 && x + y <= 1) {
                return x / (x + y);
            }
        }
    }
}
