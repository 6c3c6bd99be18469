package io.retort.data.encode;

import io.retort.config.SettingException;
import io.retort.data.encode.Encoder.EncoderSettings;
import io.retort.storage.Digest;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleFunction;

/** {@code (value / divideBy − mean[c]) / deviation[c]} of channel c, or of column c of a row without channels. */
final class Scaling implements Serializable {
    private static final long serialVersionUID = 1L;

    private final float[] factor;
    private final float[] summand;

    private Scaling(float[] factor, float[] summand) {
        this.factor = factor;
        this.summand = summand;
    }

    /** @throws IllegalArgumentException where there is neither one value for all nor one for each of the channels */
    static Scaling of(double divideBy, List<Double> mean, List<Double> deviation, int channels) {
        requireSize("mean", mean, channels);
        requireSize("deviation", deviation, channels);
        float[] factor = new float[channels];
        float[] summand = new float[channels];
        for (int c = 0; c < channels; c++) {
            double spread = at(deviation, c, 1);
            factor[c] = (float) (1 / (divideBy * spread));
            summand[c] = (float) (-at(mean, c, 0) / spread);
        }
        return new Scaling(factor, summand);
    }

    /** Scales values of one channel that lie one after the other, to every {@code step}-th place from {@code at} on. */
    void apply(int channel, float[] values, int from, int count, float[] scaled, int at, int step) {
        float times = factor[channel];
        float plus = summand[channel];
        if (step == 1) {
            for (int i = 0; i < count; i++) {
                scaled[at + i] = values[from + i] * times + plus;
            }
        } else {
            for (int i = 0; i < count; i++) {
                scaled[at + i * step] = values[from + i] * times + plus;
            }
        }
    }

    /** Settings of images from 0 to 255 and from 0 to 1, but those that there are. */
    static Map<Integer, EncoderSettings> others(double divideBy, DoubleFunction<EncoderSettings> settings) {
        Map<Integer, EncoderSettings> others = new TreeMap<>();
        for (int other : new int[] {1, 255}) {
            if (other != divideBy) {
                others.put(other, settings.apply(other));
            }
        }
        return others;
    }

    static void require(double divideBy, List<Double> mean, List<Double> deviation) {
        if (!(divideBy > 0) || Double.isInfinite(divideBy)) {
            throw new SettingException("divide-by", "must be > 0 and finite, was " + divideBy);
        }
        if (!mean.stream().allMatch(Double::isFinite)) {
            throw new SettingException("mean", "must be finite, was " + mean);
        }
        if (!deviation.stream().allMatch(value -> value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new SettingException("deviation", "must be > 0 and finite, was " + deviation);
        }
    }

    static void addTo(Digest digest, double divideBy, List<Double> mean, List<Double> deviation) {
        digest.add(Double.doubleToLongBits(divideBy));
        digest.add(mean.stream().mapToLong(Double::doubleToLongBits).toArray());
        digest.add(deviation.stream().mapToLong(Double::doubleToLongBits).toArray());
    }

    private static void requireSize(String key, List<Double> values, int channels) {
        if (values.size() > 1 && values.size() != channels) {
            throw new SettingException(
                    key,
                    "must have one value, or one for each of the model's " + channels + " channels, was " + values);
        }
    }

    private static double at(List<Double> values, int channel, double otherwise) {
        return values.isEmpty() ? otherwise : values.get(values.size() == 1 ? 0 : channel);
    }
}
