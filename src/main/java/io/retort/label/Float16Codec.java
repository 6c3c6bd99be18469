package io.retort.label;

import io.retort.data.LabelColumns;
import io.retort.data.Target;
import io.retort.label.Codec.CodecSettings;
import io.retort.network.Half;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * IEEE 754 half precision, little-endian: 2 bytes per class.
 *
 * <p>Rounded to nearest, ties to even. A logit is off by at most its 2⁻¹¹th part, or by 2⁻²⁵ where it is smaller than
 * 2⁻¹⁴. Logits of 65,520 and beyond have no half and are refused.
 */
public final class Float16Codec implements Codec {
    private static final long serialVersionUID = 1L;

    /** Kind {@code float16}. */
    public record Settings() implements CodecSettings {
        @Override
        public Codec codec() {
            return new Float16Codec();
        }

        /** Numbers keep all their digits, for they may be as large as their unit makes them. */
        @Override
        public Codec codecFor(Target target) {
            return target.kind() == LabelColumns.Kind.NUMBERS ? new Float32Codec() : codec();
        }
    }

    @Override
    public String name() {
        return "float16";
    }

    @Override
    public byte[] encode(float[] logits, int classes) {
        byte[] stored = new byte[logits.length * Short.BYTES];
        ByteBuffer out = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
        for (float logit : logits) {
            if (!Half.holds(logit)) {
                throw new IllegalArgumentException(
                        "codec float16 holds logits between -65520 and 65520, was " + logit + "; use codec float32");
            }
            out.putShort(Half.of(logit));
        }
        return stored;
    }

    @Override
    public float[] decode(byte[] stored, int classes) {
        ByteBuffer in = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
        float[] logits = new float[stored.length / Short.BYTES];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = Half.value(in.getShort());
        }
        return logits;
    }
}
