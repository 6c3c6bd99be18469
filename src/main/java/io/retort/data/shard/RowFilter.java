package io.retort.data.shard;

import io.retort.config.Names;
import io.retort.data.Labels;
import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.storage.Digest;
import io.retort.storage.Digest.Fingerprinted;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which rows of its shards a data set has, and of which it shows the labels. What becomes of a row follows from its id
 * and its label alone: so neither other rows nor the sizes of shards matter, and the same shards and soft labels serve
 * data sets of any filter.
 *
 * @param side of the validation split
 * @param fraction of the rows that are on the validation side, about
 * @param labelBound of a row whose id has a greater hash (unsigned) the label is not shown
 * @param labelledOnly whether rows without a label are left out
 * @param without the classes whose rows are left out, whether or not they show their labels
 */
public record RowFilter(Side side, double fraction, long labelBound, boolean labelledOnly, List<Integer> without)
        implements Serializable, Fingerprinted {
    /** All rows, as they are. */
    public static final RowFilter NONE = new RowFilter(Side.BOTH, 0, -1, false, List.of());

    /**
     * Tells the hash that chooses the side from the one that samples rows, so that neither says anything of the other.
     */
    private static final long SALT = 0x5EED_0FC4_015E_25EDL;

    /** Likewise, for folds. */
    private static final long FOLD_SALT = 0x0F01_D5AF_7E2B_11C3L;

    public RowFilter {
        without = List.copyOf(without);
    }

    /** A side of the validation split. */
    public enum Side {
        BOTH,
        TRAINING,
        VALIDATION
    }

    /** The rows on one side of a validation split. */
    public RowFilter with(Side other, double ofValidation) {
        return new RowFilter(other, ofValidation, labelBound, labelledOnly, without);
    }

    /** The same, without the labels of rows whose hashes are greater. */
    public RowFilter withLabelsUpTo(long hash) {
        return new RowFilter(side, fraction, hash, labelledOnly, without);
    }

    /** The same, without the rows of some classes. */
    RowFilter without(List<Integer> classes) {
        return new RowFilter(side, fraction, labelBound, labelledOnly, classes);
    }

    /** The same, without rows that show no label. */
    RowFilter ofLabelled() {
        return new RowFilter(side, fraction, labelBound, true, without);
    }

    boolean isNone() {
        return equals(NONE);
    }

    /** Whether a row shows its label, if it has one. */
    boolean showsLabel(long id) {
        return Long.compareUnsigned(RowSample.hash(id), labelBound) <= 0;
    }

    /** Whether a row is there, of whatever class it is. */
    public boolean has(long id, boolean labelled) {
        return (side == Side.BOTH || isValidation(id) == (side == Side.VALIDATION))
                && (!labelledOnly || (labelled && showsLabel(id)));
    }

    private boolean isValidation(long id) {
        return (RowSample.hash(RowSample.hash(id) ^ SALT) >>> 11) * 0x1p-53 < fraction;
    }

    /** The part of a cross-validation that a row is in, from 0 to {@code folds − 1}; its id alone decides. */
    public static int fold(long id, int folds) {
        return (int) Long.remainderUnsigned(RowSample.hash(RowSample.hash(id) ^ FOLD_SALT), folds);
    }

    /** The places of the rows of a shard that there are, ascending. */
    int[] rows(RowKeys keys) {
        return IntStream.range(0, keys.ids().length)
                .filter(row -> has(keys.ids()[row], keys.labels().isPresent(row)))
                .filter(row ->
                        without.isEmpty() || !without.contains(keys.labels().classOf(row)))
                .toArray();
    }

    /** A shard's rows with the labels that they show. */
    Rows shown(Rows whole) {
        if (labelBound == -1) {
            return whole;
        }
        return new Rows(
                whole.columns(),
                whole.ids(),
                whole.labels().shown(row -> showsLabel(whole.ids()[row])),
                whole.values());
    }

    /** Those rows of a shard that there are, given its key. */
    public ShardRows of(Schema schema, String key, Rows whole) {
        if (isNone()) {
            return new ShardRows(
                    schema, key, whole, IntStream.range(0, whole.count()).toArray(), whole);
        }
        int[] places = rows(new RowKeys(whole.ids(), whole.labels()));
        return new ShardRows(schema, key, whole, places, shown(whole).rows(places));
    }

    @Override
    public void addTo(Digest digest) {
        digest.add("row-filter/1")
                .add(Names.kebab(side))
                .add(fraction)
                .add(labelBound)
                .add(labelledOnly ? 1 : 0);
        if (!without.isEmpty()) {
            digest.addTexts(without.stream().map(String::valueOf).toList());
        }
    }

    /** The ids and labels of a shard's rows: all that decides which data sets a row is in. */
    @SuppressWarnings("ArrayRecordComponent") // columns of thousands of rows, never compared
    record RowKeys(long[] ids, Labels labels) {}
}
