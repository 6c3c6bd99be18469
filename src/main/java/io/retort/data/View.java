package io.retort.data;

import io.retort.config.Names;
import io.retort.network.Shape;
import io.retort.storage.Digest;
import java.io.Serializable;
import java.util.Arrays;

/**
 * A seeded augmentation of raw samples: what it does to a sample depends on nothing but (crop, flip, seed, view index,
 * sample id), so that teacher and student see the same picture, on any machine and in any order.
 */
public final class View implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final View PLAIN = new View(0, Flip.NONE, 0, 0);

    private final int crop;
    private final Flip flip;
    private final long seed;
    private final int index;

    private View(int crop, Flip flip, long seed, int index) {
        this.crop = crop;
        this.flip = flip;
        this.seed = seed;
        this.index = index;
    }

    /** Leaves samples as they are. */
    public static View plain() {
        return PLAIN;
    }

    static View augmented(ViewSettings settings, long seed, int index) {
        return new View(settings.crop(), settings.flip(), seed, index);
    }

    /** A name in a store: two views with the same fingerprint do the same. */
    public String fingerprint() {
        if (isPlain()) {
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
        if (isPlain()) {
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

    private boolean isPlain() {
        return crop == 0 && flip == Flip.NONE;
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
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
