package io.retort.data;

import io.retort.config.Names;
import io.retort.config.SettingException;
import io.retort.network.Shape;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Augmentation: which views of a sample there are.
 *
 * @param crop pixels of zero padding on each side, of which a window of the image's own size is cut at random; 0 leaves
 *     images where they are
 * @param flip mirror images
 * @param resample of a table, the probability with which a value is replaced by that of the same column in another row
 * @param noise of a table, the deviation of what is added to each number, by the deviation of its column
 * @param mixup α of the shares with which a row is mixed with another of its shard; nothing where none is
 * @param count how many views there are; epoch e trains on view {@code e mod count}, and each view is shown to the
 *     teacher once
 */
public record ViewSettings(int crop, Flip flip, double resample, double noise, Optional<Double> mixup, int count)
        implements Serializable {
    public ViewSettings {
        if (crop < 0) {
            throw new SettingException("crop", "must be >= 0, was " + crop);
        }
        if (!(resample >= 0 && resample <= 1)) {
            throw new SettingException("resample", "must be in [0, 1], was " + resample);
        }
        if (!(noise >= 0 && noise <= 10)) {
            throw new SettingException("noise", "must be in [0, 10], was " + noise);
        }
        if (mixup.isPresent() && !(mixup.get() >= 0.05 && mixup.get() <= 1)) {
            throw new SettingException("mixup", "must be in [0.05, 1], or left out, was " + mixup.get());
        }
        if (count < 1) {
            throw new SettingException("count", "must be >= 1, was " + count);
        }
        if (crop == 0 && flip == Flip.NONE && resample == 0 && noise == 0 && mixup.isEmpty() && count > 1) {
            throw new SettingException(
                    "count",
                    "must be 1 without crop, flip, resample, noise and mixup, was " + count
                            + "; all views would be the same");
        }
    }

    /** With null for nothing, since an Optional does not travel. */
    private record Travelling(int crop, Flip flip, double resample, double noise, Double mixup, int count)
            implements Serializable {
        private Object readResolve() {
            return new ViewSettings(crop, flip, resample, noise, Optional.ofNullable(mixup), count);
        }
    }

    private Object writeReplace() {
        return new Travelling(crop, flip, resample, noise, mixup.orElse(null), count);
    }

    /** Views of images. */
    public ViewSettings(int crop, Flip flip, int count) {
        this(crop, flip, 0, 0, Optional.empty(), count);
    }

    /** No augmentation: one view, which leaves samples as they are. */
    public static ViewSettings plain() {
        return new ViewSettings(0, Flip.NONE, 1);
    }

    public boolean isPlain() {
        return !changesImages() && !changesTables() && mixup.isEmpty();
    }

    private boolean changesImages() {
        return crop > 0 || flip != Flip.NONE;
    }

    private boolean changesTables() {
        return resample > 0 || noise > 0;
    }

    /** The views for rows of a schema, likewise. */
    public List<View> views(long seed, Schema schema) {
        if (changesTables() && (schema.hasTexts() || schema.element() != DataType.FLOAT32)) {
            throw new IllegalArgumentException("resample and noise need columns of numbers, of element = float32, or of"
                    + " categories, but the samples are " + schema.noun() + " of " + Names.kebab(schema.element())
                    + "; set resample = 0 and noise = 0");
        }
        if (mixup.isPresent()
                && (schema.hasTexts() || schema.input().columns().stream().anyMatch(name -> isText(schema, name)))) {
            throw new IllegalArgumentException("mixup needs numbers alone, but the samples have texts or categories,"
                    + " which cannot be mixed; leave mixup out");
        }
        return views(seed, schema.shape());
    }

    private static boolean isText(Schema schema, String column) {
        return schema.columns().get(Rows.place(schema.columns(), column)) instanceof Column.TextColumn;
    }

    /** The views for samples of a shape, in the order of their epochs. The same seed gives the same views. */
    public List<View> views(long seed, Shape shape) {
        if (isPlain()) {
            return List.of(View.plain());
        }
        if (changesTables() && shape.isImage()) {
            throw new IllegalArgumentException("resample and noise are for tables, but the samples are images " + shape
                    + "; set resample = 0 and noise = 0");
        }
        if (changesImages() && !shape.isImage()) {
            throw new IllegalArgumentException(
                    "crop and flip need images [channels, height, width], but the samples have shape " + shape
                            + "; set crop = 0 and flip = none");
        }
        if (changesImages() && crop >= Math.min(shape.height(), shape.width())) {
            throw new SettingException(
                    "crop", "must be less than the height and width of images " + shape + ", was " + crop);
        }
        return IntStream.range(0, count)
                .mapToObj(index -> View.augmented(this, seed, index))
                .toList();
    }

    /** Which mirror images a view may show. */
    public enum Flip {
        NONE,
        /** Left and right change places in half of the samples. */
        HORIZONTAL
    }
}
