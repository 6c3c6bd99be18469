package io.retort.network.compact;

import io.retort.network.compact.EntropyCoding.Content;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * A sequence of numbers and byte arrays, each of which is stored coded where that makes it shorter.
 *
 * <p>A number has 7 bits to a byte, the lowest first; all bytes but the last have the eighth bit. Bytes follow the
 * number of those that are stored, which is smaller than theirs where they are coded; their own number is known to the
 * reader.
 */
final class Parts {
    private Parts() {}

    /** Bytes in the order in which {@link Reader} reads them. */
    static final class Writer {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final EntropyCoding coding;

        Writer(EntropyCoding coding) {
            this.coding = coding;
        }

        void single(int value) {
            bytes.write(value);
        }

        void all(byte[] values) {
            bytes.writeBytes(values);
        }

        /** A whole number, 7 bits to a byte, the lowest first; all bytes but the last have the eighth bit. */
        void length(int value) {
            int rest = value;
            while (rest >= 0x80) {
                bytes.write((rest & 0x7F) | 0x80);
                rest >>>= 7;
            }
            bytes.write(rest);
        }

        /**
         * Some bytes whose number the reader knows, after the number of those that are written: of coded ones where
         * they are fewer.
         */
        void part(byte[] part, Content content) {
            byte[] coded = part.length == 0 ? part : coding.coded(part, content);
            byte[] shorter = coded.length < part.length ? coded : part;
            length(shorter.length);
            bytes.writeBytes(shorter);
        }

        byte[] toBytes() {
            return bytes.toByteArray();
        }
    }

    /** Reads what {@link Parts.Writer} has written: nothing is allocated before it is known that it may be needed. */
    static final class Reader {
        private final ByteBuffer bytes;
        private final EntropyCoding coding;

        Reader(ByteBuffer bytes, EntropyCoding coding) {
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
}
