package io.retort.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;

/** How one feature value is stored. */
public enum DataType {
    /** One byte, 0 to 255: pixels. */
    UINT8(1, "a whole number from 0 to 255") {
        @Override
        public boolean admits(float value) {
            return value >= 0 && value <= 255 && value == (int) value;
        }

        @Override
        public void encode(float[] values, int from, byte[] stored, int at, int count) {
            for (int i = 0; i < count; i++) {
                stored[at + i] = (byte) (int) values[from + i];
            }
        }

        @Override
        public void decode(byte[] stored, int from, float[] values, int at, int count) {
            for (int i = 0; i < count; i++) {
                values[at + i] = stored[from + i] & 0xFF;
            }
        }
    },
    /** Two bytes, little-endian, 0 to 65535: token ids. */
    UINT16(2, "a whole number from 0 to 65535") {
        @Override
        public boolean admits(float value) {
            return value >= 0 && value <= 65535 && value == (int) value;
        }

        @Override
        public void encode(float[] values, int from, byte[] stored, int at, int count) {
            ShortBuffer shorts = shorts(stored, at, count);
            for (int i = 0; i < count; i++) {
                shorts.put((short) (int) values[from + i]);
            }
        }

        @Override
        public void decode(byte[] stored, int from, float[] values, int at, int count) {
            ShortBuffer shorts = shorts(stored, from, count);
            for (int i = 0; i < count; i++) {
                values[at + i] = Short.toUnsignedInt(shorts.get());
            }
        }

        private ShortBuffer shorts(byte[] stored, int at, int count) {
            return ByteBuffer.wrap(stored, at, count * Short.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asShortBuffer();
        }
    },
    /** IEEE 754 single precision, little-endian. */
    FLOAT32(4, "a finite number") {
        @Override
        public boolean admits(float value) {
            return Float.isFinite(value);
        }

        @Override
        public void encode(float[] values, int from, byte[] stored, int at, int count) {
            ByteBuffer.wrap(stored, at, count * Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .put(values, from, count);
        }

        @Override
        public void decode(byte[] stored, int from, float[] values, int at, int count) {
            ByteBuffer.wrap(stored, from, count * Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(values, at, count);
        }
    };

    private final int bytes;
    private final String allowed;

    DataType(int bytes, String allowed) {
        this.bytes = bytes;
        this.allowed = allowed;
    }

    /** Bytes per value. */
    public int bytes() {
        return bytes;
    }

    /** What may be stored, in words. */
    public String allowed() {
        return allowed;
    }

    /** Whether a value can be stored without loss. */
    public abstract boolean admits(float value);

    /** Stores {@code count} values, all of which it {@linkplain #admits admits}, from byte {@code at} on. */
    public abstract void encode(float[] values, int from, byte[] stored, int at, int count);

    /** Turns {@code count} stored values, beginning at byte {@code from}, into floats. */
    public abstract void decode(byte[] stored, int from, float[] values, int at, int count);
}
