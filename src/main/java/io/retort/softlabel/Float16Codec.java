package io.retort.softlabel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * IEEE 754 half precision, little-endian: 2 bytes per class.
 *
 * <p>Rounded to nearest, ties to even. A logit is off by at most its 2⁻¹¹th part, or by 2⁻²⁵ where it is smaller than 2⁻¹⁴. Logits of
 * {@value #LARGEST} and beyond have no half and are refused.
 */
public final class Float16Codec implements Codec {
    private static final long serialVersionUID = 1L;

    /** From here on a value would be rounded to infinity. */
    static final float LARGEST = 65520;

    /** Kind {@code float16}. */
    public record Settings() implements CodecSettings {
        @Override
        public Codec codec() {
            return new Float16Codec();
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
            if (!(Math.abs(logit) < LARGEST)) {
                throw new IllegalArgumentException(
                        "codec float16 holds logits between -65520 and 65520, was " + logit + "; use codec float32");
            }
            out.putShort(half(logit));
        }
        return stored;
    }

    @Override
    public float[] decode(byte[] stored, int classes) {
        ByteBuffer in = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
        float[] logits = new float[stored.length / Short.BYTES];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = single(in.getShort());
        }
        return logits;
    }

    /** The half nearest to a value below {@link #LARGEST}. */
    static short half(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & 0x7FFFFFFF;
        if (magnitude < 0x38800000) {
            // Below 2⁻¹⁴ halves are multiples of 2⁻²⁴; the product is exact, and rint rounds ties to even.
            return (short) (sign | (int) Math.rint((double) Math.abs(value) * 0x1p24));
        }
        // The exponent's bias falls from 127 to 15, the fraction from 23 bits to 10; a carry out of the fraction raises
        // the exponent, as it should.
        int rounded = magnitude + 0xFFF + ((magnitude >>> 13) & 1);
        return (short) (sign | ((rounded - (112 << 23)) >>> 13));
    }

    /** The value of a finite half. */
    static float single(short half) {
        int magnitude = half & 0x7FFF;
        float value = magnitude < 0x400 ? magnitude * 0x1p-24f : Float.intBitsToFloat((magnitude << 13) + (112 << 23));
        return half < 0 ? -value : value;
    }
}
