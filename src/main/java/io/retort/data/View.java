package io.retort.data;

import io.retort.config.Names;
import io.retort.data.ViewSettings.Flip;
import io.retort.network.Shape;
import io.retort.storage.Digest;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * A seeded augmentation of raw samples: what it does to a sample depends on nothing but (settings, seed, view index,
 * sample id) and, of a table or with mixup, the sample's shard, so that teacher and student see the same, on any machine and in any
 * order.
 */
public final class View implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final View PLAIN = new View(ViewSettings.plain(), 0, 0);

    private final int crop;
    private final Flip flip;
    private final double resample;
    private final double noise;
    private final double mixup;
    private final long seed;
    private final int index;

    private View(ViewSettings settings, long seed, int index) {
        this.crop = settings.crop();
        this.flip = settings.flip();
        this.resample = settings.resample();
        this.noise = settings.noise();
        this.mixup = settings.mixup().orElse(0.0);
        this.seed = seed;
        this.index = index;
    }

    /** Leaves samples as they are. */
    public static View plain() {
        return PLAIN;
    }

    static View augmented(ViewSettings settings, long seed, int index) {
        return new View(settings, seed, index);
    }

    /** A name in a store: two views with the same fingerprint do the same. */
    public String fingerprint() {
        if (mixup > 0) {
            return new Digest()
                    .add("mixed-view/1")
                    .add(mixup)
                    .add(resample)
                    .add(noise)
                    .add(crop)
                    .add(Names.kebab(flip))
                    .add(seed)
                    .add(index)
                    .key();
        }
        if (changesRows()) {
            return new Digest()
                    .add("table-view/1")
                    .add(resample)
                    .add(noise)
                    .add(seed)
                    .add(index)
                    .key();
        }
        if (!movesPixels()) {
            return "plain";
        }
        return new Digest()
                .add("view/2")
                .add(crop)
                .add(Names.kebab(flip))
                .add(seed)
                .add(index)
                .key();
    }

    /** Writes the raw features of a sample, as this view shows it, to a row of {@code [rows, elements]}. */
    public void copy(Samples samples, int index, float[] rows, int row) {
        Shape shape = samples.schema().shape();
        int at = row * shape.elements();
        samples.copyFeatures(index, rows, at);
        apply(samples.ids()[index], rows, at, shape);
    }

    /**
     * Augments one sample in place.
     *
     * <p>The image moves by whole pixels, down and to the right by amounts uniform in {@code [−crop, crop]}, and what
     * comes into sight is 0 (raw); then it is mirrored with probability 1/2 if the view flips.
     *
     * @param raw holds the sample's raw features {@code [channels, height, width]} from index {@code at}
     */
    public void apply(long sampleId, float[] raw, int at, Shape shape) {
        if (!movesPixels()) {
            return;
        }
        long random = mix(mix(mix(seed) + index) + sampleId);
        int range = 2 * crop + 1;
        int down = (int) ((random >>> 33) % range) - crop;
        random = mix(random);
        int right = (int) ((random >>> 33) % range) - crop;
        boolean mirrored = flip == Flip.HORIZONTAL && mix(random) < 0;
        int plane = shape.height() * shape.width();
        for (int c = 0; c < shape.channels(); c++) {
            move(raw, at + c * plane, shape.height(), shape.width(), down, right);
            if (mirrored) {
                mirror(raw, at + c * plane, shape.height(), shape.width());
            }
        }
    }

    private boolean movesPixels() {
        return crop > 0 || flip != Flip.NONE;
    }

    /** Whether it changes columns by other rows of the shard. */
    public boolean changesRows() {
        return resample > 0 || noise > 0 || mixup > 0;
    }

    /**
     * The rows of a whole shard as this view shows them: of the named columns, each value is replaced with probability
     * {@code resample} by that of the same column in a row of the shard, and to each number is added a normal deviate
     * of {@code noise} standard deviations of its column in the shard. A missing number stays missing. Then each row is
     * mixed with another ({@link Mixup}). Other views leave rows as they are.
     */
    public Rows shown(List<String> columns, Rows shard) {
        Rows rows = resample > 0 || noise > 0
                ? new TableNoise(resample, noise, mix(mix(seed) + index)).in(columns, shard)
                : shard;
        return mixup > 0 ? mixing().in(columns, rows) : rows;
    }

    private Mixup mixing() {
        return new Mixup(mixup, mix(mix(seed) + index));
    }

    /**
     * The labels of rows as this view shows them.
     *
     * @param labels of the rows that a data set has
     * @param places of those among all rows of their shard, ascending
     * @param ids of all rows of the shard
     */
    public Labels shown(Target target, Labels labels, int[] places, long[] ids) {
        return mixup > 0 ? mixing().labels(labels, places, ids, target.kind() == LabelColumns.Kind.NUMBERS) : labels;
    }

    /** Rows are taken in the order in which none is overwritten before it has moved. */
    private static void move(float[] raw, int at, int height, int width, int down, int right) {
        if (down == 0 && right == 0) {
            return;
        }
        int first = down > 0 ? height - 1 : 0;
        int step = down > 0 ? -1 : 1;
        for (int i = 0, row = first; i < height; i++, row += step) {
            int to = at + row * width;
            int source = row - down;
            if (source < 0 || source >= height) {
                Arrays.fill(raw, to, to + width, 0);
                continue;
            }
            int from = at + source * width;
            if (right >= 0) {
                System.arraycopy(raw, from, raw, to + right, width - right);
                Arrays.fill(raw, to, to + right, 0);
            } else {
                System.arraycopy(raw, from - right, raw, to, width + right);
                Arrays.fill(raw, to + width + right, to + width, 0);
            }
        }
    }

    private static void mirror(float[] raw, int at, int height, int width) {
        for (int row = at; row < at + height * width; row += width) {
            for (int left = row, right = row + width - 1; left < right; left++, right--) {
                float value = raw[left];
                raw[left] = raw[right];
                raw[right] = value;
            }
        }
    }

    /**
     * SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators", figure 17): every bit
     * depends on every bit.
     */
    static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
