package io.retort.scaling;

import io.retort.data.Samples;
import io.retort.data.Shard;
import io.retort.softlabel.Codec;
import io.retort.softlabel.Float16Codec;
import io.retort.softlabel.LabelSet;
import io.retort.softlabel.LabelStore;
import java.time.Duration;

/**
 * How long it takes to write what a teacher says, or to read it back, in seconds: logits are a few bytes a sample, taps thousands, and what there is to do for
 * each sample is much beside the former and little beside the latter.
 *
 * @param each a sample, however little is said of it
 * @param perByte a byte of what is said, ids included
 */
record LabelTimes(double each, double perByte) {
    /** Values of a sample that stand for taps. */
    private static final int MANY = 1024;

    /**
     * Measures both by logits and by {@link #MANY} halves.
     *
     * @param store where it may write
     * @param duration of each measurement
     */
    static LabelTimes measure(LabelStore store, Samples samples, Codec codec, int classes, Duration duration) {
        double few = seconds(store, samples, codec, classes, duration);
        double many = seconds(store, samples, new Float16Codec(), MANY, duration);
        return of(few, bytes(codec, classes), many, bytes(new Float16Codec(), MANY));
    }

    /** From the seconds of one sample with two numbers of bytes, of which the second is greater. */
    static LabelTimes of(double few, int fewBytes, double many, int manyBytes) {
        double perByte = Math.max(0, (many - few) / (manyBytes - fewBytes));
        return new LabelTimes(Math.max(0, few - fewBytes * perByte), perByte);
    }

    private static double seconds(LabelStore store, Samples samples, Codec codec, int values, Duration duration) {
        Shard shard = Shard.of(samples);
        LabelSet set = new LabelSet("teacher", "view", codec, values);
        float[] said = MadeSamples.gaussian(samples.count() * values);
        double both = StopClock.median(duration, () -> {
            store.write(set, shard, samples, said);
            store.read(set, shard, samples);
        });
        return both / 2 / samples.count();
    }

    private static int bytes(Codec codec, int values) {
        return Long.BYTES + codec.encode(new float[values], values).length;
    }
}
