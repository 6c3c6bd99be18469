package io.retort.label;

import io.retort.data.View;
import io.retort.engine.Tap;
import io.retort.label.LabelStore.LabelSet;
import io.retort.network.Half;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What one tap says, in IEEE 754 half precision, little-endian: 2 bytes per element of the tap's shape, rounded as by
 * {@link Float16Codec}.
 *
 * <p>The tap, what is read of it and on which grid are part of the name, and thereby of the place in a store. Values of
 * 65,520 and beyond are refused.
 */
public record TapCodec(Tap tap) implements Codec {
    /** The labels of one tap of a teacher, in a view. */
    static LabelSet labelSet(String teacher, View view, Tap tap) {
        return new LabelSet(
                teacher, view.fingerprint(), new TapCodec(tap), tap.shape().elements());
    }

    @Override
    public String name() {
        return "tap-" + tap.name() + "-float16";
    }

    @Override
    public String describe(int value) {
        return "value " + value + " of tap '" + tap.node() + "'";
    }

    /** Bytes of one sample. */
    public int bytes() {
        return tap.shape().elements() * Short.BYTES;
    }

    /** @param values {@code [samples, elements]}, finite */
    @Override
    public byte[] encode(float[] values, int elements) {
        byte[] stored = new byte[values.length * Short.BYTES];
        ByteBuffer out = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            if (!Half.holds(value)) {
                throw new IllegalArgumentException(
                        "tap '" + tap.node() + "' gives " + value
                                + ", and taps are stored as halves between -65520 and 65520; tap a node behind a normalisation");
            }
            out.putShort(Half.of(value));
        }
        return stored;
    }

    @Override
    public float[] decode(byte[] stored, int elements) {
        return new Float16Codec().decode(stored, elements);
    }
}
