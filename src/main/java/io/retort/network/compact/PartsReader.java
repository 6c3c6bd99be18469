package io.retort.network.compact;

import java.nio.ByteBuffer;

/** Reads what {@link PartsWriter} has written: nothing is allocated before it is known that it may be needed. */
final class PartsReader {
    private final ByteBuffer bytes;
    private final EntropyCoding coding;

    PartsReader(ByteBuffer bytes, EntropyCoding coding) {
        this.bytes = bytes;
        this.coding = coding;
    }

    int single() {
        if (!bytes.hasRemaining()) {
            throw new IllegalArgumentException("ends too early");
        }
        return bytes.get() & 0xFF;
    }

    /**
     * A whole number.
     *
     * @param most that it may be
     * @param what it is of, in messages
     */
    int length(long most, String what) {
        long value = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += 7) {
            int next = single();
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                if (value > most) {
                    throw new IllegalArgumentException(
                            "announces " + value + " bytes of " + what + ", at most " + most + " are possible");
                }
                return (int) value;
            }
        }
        throw new IllegalArgumentException("announces more bytes of " + what + " than a number holds");
    }

    /**
     * Some bytes.
     *
     * @param length their number
     * @param what they are of, in messages
     */
    byte[] part(int length, String what) {
        byte[] stored = new byte[length(Math.min(length, bytes.remaining()), what)];
        if (stored.length > bytes.remaining()) {
            throw new IllegalArgumentException("ends too early");
        }
        bytes.get(stored);
        if (stored.length == length) {
            return stored;
        }
        try {
            return coding.decoded(stored, length);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("has, for " + what + ", " + e.getMessage(), e);
        }
    }

    void requireEnd() {
        if (bytes.hasRemaining()) {
            throw new IllegalArgumentException("has " + bytes.remaining() + " bytes after its end");
        }
    }
}
