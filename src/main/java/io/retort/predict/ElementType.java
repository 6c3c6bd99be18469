package io.retort.predict;

import io.retort.network.Half;
import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * How a model's tensor holds a value.
 *
 * <p>Whole numbers are rounded to the nearest, ties to even, and values beyond the range become its end.
 */
public enum ElementType {
    /** IEEE 754 single precision. */
    FLOAT32(4) {
        @Override
        void put(ByteBuffer bytes, int index, float value) {
            bytes.putFloat(index * Float.BYTES, value);
        }

        @Override
        void put(ByteBuffer bytes, int index, float[] values, int from, int count) {
            bytes.asFloatBuffer().position(index).put(values, from, count);
        }
    },
    /** IEEE 754 half precision; what is too large becomes infinite. */
    FLOAT16(2) {
        @Override
        void put(ByteBuffer bytes, int index, float value) {
            short half = Half.holds(value) ? Half.of(value) : (short) (value < 0 ? 0xFC00 : 0x7C00);
            bytes.putShort(index * Short.BYTES, half);
        }
    },
    /** IEEE 754 double precision. */
    FLOAT64(8) {
        @Override
        void put(ByteBuffer bytes, int index, float value) {
            bytes.putDouble(index * Double.BYTES, value);
        }
    },
    /** 0 to 255. */
    UINT8(1) {
        @Override
        void put(ByteBuffer bytes, int index, float value) {
            bytes.put(index, (byte) (int) Math.rint(Math.min(255, Math.max(0, value))));
        }
    },
    /** −128 to 127. */
    INT8(1) {
        @Override
        void put(ByteBuffer bytes, int index, float value) {
            bytes.put(index, (byte) (int) Math.rint(Math.min(127, Math.max(-128, value))));
        }
    },
    INT32(4) {
        @Override
        void put(ByteBuffer bytes, int index, float value) {
            bytes.putInt(index * Integer.BYTES, (int) Math.rint(value));
        }
    },
    INT64(8) {
        @Override
        void put(ByteBuffer bytes, int index, float value) {
            bytes.putLong(index * Long.BYTES, (long) Math.rint(value));
        }
    },
    /** Text of any length, which is no number. */
    STRING(0) {
        @Override
        void put(ByteBuffer bytes, int index, float value) {
            throw new IllegalArgumentException("a tensor of texts takes no numbers");
        }
    };

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes per value; 0 of texts. */
    public int bytes() {
        return bytes;
    }

    /** Whether it holds whole numbers only. */
    public boolean isWhole() {
        return this == UINT8 || this == INT8 || this == INT32 || this == INT64;
    }

    /** Writes one value in the buffer's byte order. */
    abstract void put(ByteBuffer bytes, int index, float value);

    /** Writes {@code count} values from place {@code index} on. */
    void put(ByteBuffer bytes, int index, float[] values, int from, int count) {
        for (int i = 0; i < count; i++) {
            put(bytes, index + i, values[from + i]);
        }
    }

    /** As messages name it: {@code float32}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
