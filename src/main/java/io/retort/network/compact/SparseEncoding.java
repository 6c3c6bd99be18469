package io.retort.network.compact;

import io.retort.network.compact.CompactFile.HasWireCode;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.BitSet;

/** The encoding of the places of zeros, which are not stored. */
enum SparseEncoding implements HasWireCode {
    /** Not at all: each number is stored. */
    DENSE(0) {
        @Override
        byte[] positions(BitSet kept, int elements) {
            return new byte[0];
        }

        @Override
        BitSet kept(byte[] positions, int elements) {
            BitSet all = new BitSet(elements);
            all.set(0, elements);
            return all;
        }

        @Override
        int mostBytes(int elements) {
            return 0;
        }
    },
    /** A bit for each number, the first the least of its byte: 1 where it is stored. */
    BITMAP(1) {
        @Override
        byte[] positions(BitSet kept, int elements) {
            return Arrays.copyOf(kept.toByteArray(), mostBytes(elements));
        }

        @Override
        BitSet kept(byte[] positions, int elements) {
            BitSet kept = BitSet.valueOf(positions);
            if (positions.length != mostBytes(elements) || kept.length() > elements) {
                throw new IllegalArgumentException("a map of " + positions.length + " bytes for " + elements + " bits");
            }
            return kept;
        }

        @Override
        int mostBytes(int elements) {
            return (int) (((long) elements + Byte.SIZE - 1) / Byte.SIZE);
        }
    },
    /**
     * A byte for each number that is stored: how many zeros come before it, as Deep Compression has it (Han, Mao, Dally
     * 2016, section 2, arXiv:1510.00149). 255 stands for 255 zeros and no number. Trailing zeros are not stored.
     */
    RUNS(2) {
        @Override
        byte[] positions(BitSet kept, int elements) {
            ByteArrayOutputStream runs = new ByteArrayOutputStream();
            int next = 0;
            for (int at = kept.nextSetBit(0); at >= 0; at = kept.nextSetBit(at + 1)) {
                int zeros = at - next;
                while (zeros >= LONGEST) {
                    runs.write(LONGEST);
                    zeros -= LONGEST;
                }
                runs.write(zeros);
                next = at + 1;
            }
            return runs.toByteArray();
        }

        @Override
        BitSet kept(byte[] positions, int elements) {
            BitSet kept = new BitSet();
            long next = 0;
            for (byte run : positions) {
                int zeros = run & 0xFF;
                next += zeros;
                if (zeros < LONGEST) {
                    next++;
                }
                if (next > elements) {
                    throw new IllegalArgumentException("runs that end behind number " + next + " of " + elements);
                }
                if (zeros < LONGEST) {
                    kept.set((int) next - 1);
                }
            }
            return kept;
        }

        @Override
        int mostBytes(int elements) {
            return elements;
        }
    };

    private static final int LONGEST = 255;

    private final int number;

    SparseEncoding(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    /** The encoded places of the numbers that are stored. */
    abstract byte[] positions(BitSet kept, int elements);

    /**
     * Which of the numbers are stored.
     *
     * @throws IllegalArgumentException if these bytes are no places of so many numbers
     */
    abstract BitSet kept(byte[] positions, int elements);

    /** The maximal length of {@link #positions}. */
    abstract int mostBytes(int elements);
}
