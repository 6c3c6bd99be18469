package io.retort.data.encode;

import io.retort.config.Names;
import io.retort.config.SettingException;
import io.retort.data.Schema;
import io.retort.data.encode.Encoder.EncoderSettings;
import io.retort.data.encode.RowNumbers.NumberPicks;
import io.retort.network.Shape;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.storage.Digest;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An image for a model that takes images of another size, scale, layout or number of channels. */
public final class ImageEncoder implements Encoder {
    private static final long serialVersionUID = 1L;

    /** Shares of red, green and blue in the luminance (ITU-R BT.601, section 2.5.1). */
    private static final float[] LUMINANCE = {0.299f, 0.587f, 0.114f};

    /**
     * Kind {@code image}.
     *
     * @param column of images; none for the one that is called as the input, or else the only column
     * @param divideBy of each value, before mean and deviation; may be absent where the model's input has whole
     *     numbers, and is 1 then
     * @param mean subtracted from each channel of the model, or one for all; none for 0
     * @param deviation by which each channel is divided, or one for all; none for 1
     * @param size height and width; none for those of the model's input, or of the data where the model leaves them
     *     open
     */
    public record Settings(
            Optional<String> column,
            Optional<Double> divideBy,
            List<Double> mean,
            List<Double> deviation,
            Resize resize,
            List<Integer> size,
            Layout layout)
            implements EncoderSettings {
        public Settings {
            mean = List.copyOf(mean);
            deviation = List.copyOf(deviation);
            size = List.copyOf(size);
            Scaling.require(divideBy.orElse(1.0), mean, deviation);
            if (!size.isEmpty() && (size.size() != 2 || size.stream().anyMatch(side -> side < 1))) {
                throw new SettingException("size", "must be [height, width], each at least 1, was " + size);
            }
        }

        @Override
        public Encoder encoder(Schema rows, TensorSpec input) {
            NumberPicks picks = NumberPicks.of(rows, column.stream().toList(), input);
            if (!picks.shape().isImage()) {
                throw new SettingException(
                        "kind",
                        "must be tensor, for the data's rows are " + rows.noun() + " of " + picks.shape()
                                + ", and no images");
            }
            if (divideBy.isEmpty() && !input.type().isWhole()) {
                throw new SettingException(
                        "divide-by",
                        "missing; a " + input.type() + " input may take pixels from"
                                + " 0 to 255 (divide-by = 1) or from 0 to 1 (divide-by = 255), as the model was trained");
            }
            return new ImageEncoder(this, picks, target(picks.shape(), input));
        }

        /** The model's image, {@code [channels, height, width]}, in the layout of its tensor. */
        private Target target(Shape data, TensorSpec input) {
            List<Integer> sizes = input.rowSizes();
            if (sizes.size() == 2) {
                return target(data, input, Layout.NCHW, 1, sizes.get(0), sizes.get(1));
            } else if (sizes.size() != 3) {
                throw new SettingException(
                        "kind",
                        "must be tensor, for the model's input '" + input.name() + "', " + input.describe()
                                + ", is no image");
            }
            boolean first = isChannels(sizes.get(0));
            boolean last = isChannels(sizes.get(2));
            if (layout == Layout.NCHW || (layout == Layout.AUTO && first && !last)) {
                return target(data, input, Layout.NCHW, sizes.get(0), sizes.get(1), sizes.get(2));
            } else if (layout == Layout.NHWC || (last && !first)) {
                return target(data, input, Layout.NHWC, sizes.get(2), sizes.get(0), sizes.get(1));
            }
            throw new SettingException(
                    "layout",
                    "must be nchw or nhwc, for the sizes of the model's input '" + input.name() + "', "
                            + input.describe() + ", do not show which of them is the channels");
        }

        private static boolean isChannels(int size) {
            return size == 1 || size == 3;
        }

        private Target target(Shape data, TensorSpec input, Layout known, int channels, int height, int width) {
            int wantedChannels = channels == TensorSpec.OPEN ? data.channels() : channels;
            boolean convertible = wantedChannels == data.channels()
                    || data.channels() == 1
                    || (wantedChannels == 1 && data.channels() == LUMINANCE.length);
            if (!convertible) {
                throw new SettingException(
                        "kind",
                        "image cannot make " + wantedChannels + " channels, as the input '" + input.name() + "', "
                                + input.describe() + ", has them, of the data's " + data.channels());
            }
            int wantedHeight = side("height", size.isEmpty() ? data.height() : size.get(0), height);
            int wantedWidth = side("width", size.isEmpty() ? data.width() : size.get(1), width);
            List<Integer> sizes = input.sizes().size() == 3
                    ? List.of(wantedHeight, wantedWidth)
                    : known == Layout.NCHW
                            ? List.of(wantedChannels, wantedHeight, wantedWidth)
                            : List.of(wantedHeight, wantedWidth, wantedChannels);
            return new Target(Shape.image(wantedChannels, wantedHeight, wantedWidth), known, sizes);
        }

        private int side(String what, int given, int ofModel) {
            if (!size.isEmpty() && ofModel != TensorSpec.OPEN && given != ofModel) {
                throw new SettingException(
                        "size",
                        "must have the model's " + what + " " + ofModel + ", was " + size
                                + "; leave it out where the model fixes it");
            }
            return ofModel == TensorSpec.OPEN ? given : ofModel;
        }

        @Override
        public Map<Integer, EncoderSettings> otherScales() {
            return Scaling.others(
                    divideBy.orElse(1.0),
                    other -> new Settings(column, Optional.of(other), mean, deviation, resize, size, layout));
        }

        @Override
        public void addTo(Digest digest) {
            digest.add("image/2").addTexts(column.stream().toList());
            Scaling.addTo(digest, divideBy.orElse(1.0), mean, deviation);
            digest.add(Names.kebab(resize));
            digest.add(size.stream().mapToInt(Integer::intValue).toArray());
            digest.add(Names.kebab(layout));
        }
    }

    /** @param sizes of a row in the model's tensor */
    private record Target(Shape image, Layout layout, List<Integer> sizes) implements Serializable {}

    private final NumberPicks picks;
    private final Shape source;
    private final Target target;
    private final Scaling scaling;
    private final Resize.Axis across;
    private final Resize.Axis down;

    private ImageEncoder(Settings settings, NumberPicks picks, Target target) {
        this.picks = picks;
        this.source = picks.shape();
        this.target = target;
        this.scaling =
                Scaling.of(settings.divideBy.orElse(1.0), settings.mean, settings.deviation, target.image.channels());
        this.across = settings.resize.axis(source.width(), target.image.width());
        this.down = settings.resize.axis(source.height(), target.image.height());
    }

    @Override
    public List<Integer> sizes() {
        return target.sizes;
    }

    @Override
    public Work work() {
        float[] raw = new float[source.elements()];
        float[] grey = new float[source.height() * source.width()];
        float[] turned = new float[source.height() * target.image.width()];
        float[] plane = new float[target.image.height() * target.image.width()];
        float[] values = new float[target.image.elements()];
        return (rows, row, into, at) -> {
            picks.copy(rows, row, raw);
            if (target.image.channels() == source.channels()) {
                for (int c = 0; c < source.channels(); c++) {
                    resize(raw, c * grey.length, turned, plane);
                    write(plane, c, values);
                }
            } else if (source.channels() == 1) {
                resize(raw, 0, turned, plane);
                for (int c = 0; c < target.image.channels(); c++) {
                    write(plane, c, values);
                }
            } else {
                luminance(raw, grey);
                resize(grey, 0, turned, plane);
                write(plane, 0, values);
            }
            into.putRow(at, values, 0);
        };
    }

    private static void luminance(float[] image, float[] grey) {
        for (int i = 0; i < grey.length; i++) {
            grey[i] = LUMINANCE[0] * image[i]
                    + LUMINANCE[1] * image[grey.length + i]
                    + LUMINANCE[2] * image[2 * grey.length + i];
        }
    }

    private void resize(float[] image, int from, float[] turned, float[] plane) {
        if (source.width() == target.image.width() && source.height() == target.image.height()) {
            System.arraycopy(image, from, plane, 0, plane.length);
        } else {
            across.apply(image, from, source.height(), turned);
            down.apply(turned, 0, target.image.width(), plane);
        }
    }

    private void write(float[] plane, int channel, float[] values) {
        boolean channelsFirst = target.layout == Layout.NCHW;
        int at = channelsFirst ? channel * plane.length : channel;
        scaling.apply(channel, plane, 0, plane.length, values, at, channelsFirst ? 1 : target.image.channels());
    }

    /** In what order an image's values lie in a tensor. */
    public enum Layout {
        /** As the sizes of the model's input show. */
        AUTO,
        /** {@code [batch, channels, height, width]}: PyTorch's. */
        NCHW,
        /** {@code [batch, height, width, channels]}: TensorFlow's. */
        NHWC
    }
}
