package io.retort.data.encode;

import io.retort.config.Names;
import io.retort.config.SettingException;
import io.retort.data.Schema;
import io.retort.data.encode.Encoder.EncoderSettings;
import io.retort.data.encode.ImageEncoder.Layout;
import io.retort.data.encode.RowNumbers.NumberPicks;
import io.retort.network.Shape;
import io.retort.predict.ElementType;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.storage.Digest;
import java.util.List;
import java.util.Map;

/** Columns of numbers as they are, or standardised. */
public final class TensorEncoder implements Encoder {
    private static final long serialVersionUID = 1L;

    /**
     * Kind {@code tensor}.
     *
     * @param columns of numbers, or single values by their names, in the order of the input; none for what is called as
     *     the input, or else the only column
     * @param divideBy of each value, before mean and deviation
     * @param mean subtracted from each of the row's channels (of a row that is no image: columns), or one for all; none
     *     for 0
     * @param deviation by which each is divided, or one for all; none for 1
     * @param layout of images
     */
    public record Settings(
            List<String> columns, double divideBy, List<Double> mean, List<Double> deviation, Layout layout)
            implements EncoderSettings {
        public Settings {
            columns = List.copyOf(columns);
            mean = List.copyOf(mean);
            deviation = List.copyOf(deviation);
            Scaling.require(divideBy, mean, deviation);
        }

        @Override
        public Encoder encoder(Schema rows, TensorSpec input) {
            if (input.type() == ElementType.STRING) {
                throw new SettingException("kind", "must be text, for the model's input takes texts");
            }
            NumberPicks picks = NumberPicks.of(rows, columns, input);
            Shape shape = picks.shape();
            Scaling scaling = Scaling.of(divideBy, mean, deviation, shape.channels());
            return new TensorEncoder(picks, scaling, sizes(shape, input), isChannelsLast(shape, input));
        }

        /** The sizes of the input, of which one may be open. */
        private static List<Integer> sizes(Shape shape, TensorSpec input) {
            long given = 1;
            for (int size : input.rowSizes()) {
                given *= size == TensorSpec.OPEN ? 1 : size;
            }
            long open = input.rowSizes().stream()
                    .filter(size -> size == TensorSpec.OPEN)
                    .count();
            boolean fits = open == 0 ? given == shape.elements() : open == 1 && shape.elements() % given == 0;
            if (!fits) {
                throw new SettingException(
                        "kind",
                        "tensor does not fit: the model's input '" + input.name()
                                + "' is " + input.describe() + ", and a row of the data " + shape + " has "
                                + shape.elements()
                                + " values" + (shape.isImage() ? "; kind image resizes" : ""));
            }
            int rest = (int) (shape.elements() / given);
            return input.rowSizes().stream()
                    .map(size -> size == TensorSpec.OPEN ? rest : size)
                    .toList();
        }

        private boolean isChannelsLast(Shape shape, TensorSpec input) {
            if (!shape.isImage() || layout == Layout.NCHW || shape.channels() == 1) {
                return false;
            }
            return layout == Layout.NHWC
                    || (input.rowSizes().equals(List.of(shape.height(), shape.width(), shape.channels()))
                            && !input.rowSizes().equals(shape.sizes()));
        }

        @Override
        public Map<Integer, EncoderSettings> otherScales() {
            return Scaling.others(divideBy, other -> new Settings(columns, other, mean, deviation, layout));
        }

        @Override
        public void addTo(Digest digest) {
            digest.add("tensor/2").addTexts(columns);
            Scaling.addTo(digest, divideBy, mean, deviation);
            digest.add(Names.kebab(layout));
        }
    }

    private final NumberPicks picks;
    private final Scaling scaling;
    private final List<Integer> sizes;
    private final boolean channelsLast;

    private TensorEncoder(NumberPicks picks, Scaling scaling, List<Integer> sizes, boolean channelsLast) {
        this.picks = picks;
        this.scaling = scaling;
        this.sizes = sizes;
        this.channelsLast = channelsLast;
    }

    @Override
    public List<Integer> sizes() {
        return sizes;
    }

    @Override
    public Work work() {
        Shape shape = picks.shape();
        float[] raw = new float[shape.elements()];
        float[] values = new float[raw.length];
        int channels = shape.channels();
        int plane = raw.length / channels;
        return (rows, row, into, at) -> {
            picks.copy(rows, row, raw);
            for (int c = 0; c < channels; c++) {
                int to = channelsLast ? c : c * plane;
                scaling.apply(c, raw, c * plane, plane, values, to, channelsLast ? channels : 1);
            }
            into.putRow(at, values, 0);
        };
    }
}
