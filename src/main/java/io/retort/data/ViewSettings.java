package io.retort.data;

import io.retort.config.SettingException;
import io.retort.network.Shape;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Augmentation: which views of a sample there are.
 *
 * @param crop pixels of zero padding on each side, of which a window of the image's own size is cut at random; 0 leaves
 *     images where they are
 * @param flip mirror images
 * @param count how many views there are; epoch e trains on view {@code e mod count}, and each view is shown to the
 *     teacher once
 */
public record ViewSettings(int crop, Flip flip, int count) implements Serializable {
    public ViewSettings {
        if (crop < 0) {
            throw new SettingException("crop", "must be >= 0, was " + crop);
        }
        if (count < 1) {
            throw new SettingException("count", "must be >= 1, was " + count);
        }
        if (crop == 0 && flip == Flip.NONE && count > 1) {
            throw new SettingException(
                    "count", "must be 1 without crop and flip, was " + count + "; all views would be the same");
        }
    }

    /** No augmentation: one view, which leaves samples as they are. */
    public static ViewSettings plain() {
        return new ViewSettings(0, Flip.NONE, 1);
    }

    public boolean isPlain() {
        return crop == 0 && flip == Flip.NONE;
    }

    /** The views for samples of a shape, in the order of their epochs. The same seed gives the same views. */
    public List<View> views(long seed, Shape shape) {
        if (isPlain()) {
            return List.of(View.plain());
        }
        if (!shape.isImage()) {
            throw new IllegalArgumentException(
                    "crop and flip need images [channels, height, width], but the samples have shape " + shape
                            + "; set crop = 0 and flip = none");
        }
        if (crop >= Math.min(shape.height(), shape.width())) {
            throw new SettingException(
                    "crop", "must be less than the height and width of images " + shape + ", was " + crop);
        }
        return IntStream.range(0, count)
                .mapToObj(index -> View.augmented(this, seed, index))
                .toList();
    }
}
