package io.retort.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** How one feature value is stored. */
public enum Element {
    /** One byte, 0 to 255: pixels. */
    UINT8(1) {
        @Override
        public void decode(byte[] stored, int from, float[] values, int at, int count) {
            for (int i = 0; i < count; i++) {
                values[at + i] = stored[from + i] & 0xFF;
            }
        }
    },
    /** IEEE 754 single precision, little-endian. */
    FLOAT32(4) {
        @Override
        public void decode(byte[] stored, int from, float[] values, int at, int count) {
            ByteBuffer.wrap(stored, from, count * Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(values, at, count);
        }
    };

    private final int bytes;

    Element(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes per value. */
    public int bytes() {
        return bytes;
    }

    /** Turns {@code count} stored values, beginning at byte {@code from}, into floats. */
    public abstract void decode(byte[] stored, int from, float[] values, int at, int count);
}
