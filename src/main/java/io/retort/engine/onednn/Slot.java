package io.retort.engine.onednn;

import io.retort.engine.TrainableNetwork.Precision;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Where a tensor lies: in a program's memory, which it shares with others that are not in use at the same time, or in
 * a block that outlives the program, such as the parameters'.
 */
final class Slot {
    private final Precision precision;
    private final long bytes;
    private final boolean lasting;
    private Pointer address = new Pointer();
    private FloatBuffer floats = FloatBuffer.allocate(0);
    private long offset;
    private int first = Integer.MAX_VALUE;
    private int last = -1;
    /** Of how many tensors this is the gradient: where of several, none of them may overwrite it. */
    private int holders = 1;

    private Slot(Precision precision, long bytes, boolean lasting) {
        this.precision = precision;
        this.bytes = bytes;
        this.lasting = lasting;
    }

    static Slot ofBytes(long bytes) {
        return new Slot(Precision.FLOAT32, bytes, false);
    }

    static Slot of(Precision precision, long numbers) {
        return new Slot(precision, numbers * precision.bytes(), false);
    }

    static Slot ofFloats(long floats) {
        return of(Precision.FLOAT32, floats);
    }

    /** Memory for as much of the same numbers. */
    Slot another() {
        return new Slot(precision, bytes, false);
    }

    /** A part of a block, in floats. */
    static Slot within(Block block, int from, int floats) {
        Slot slot = new Slot(Precision.FLOAT32, (long) floats * Float.BYTES, true);
        slot.offset = (long) from * Float.BYTES;
        slot.bind(block);
        return slot;
    }

    long bytes() {
        return bytes;
    }

    /** Of its numbers; what is no tensor of numbers counts as float32. */
    Precision precision() {
        return precision;
    }

    boolean isLasting() {
        return lasting;
    }

    void usedAt(int time) {
        first = Math.min(first, time);
        last = Math.max(last, time);
    }

    boolean isUsedWith(Slot other) {
        return first <= other.last && other.first <= last;
    }

    void placeAt(long place) {
        offset = place;
    }

    long offset() {
        return offset;
    }

    long end() {
        return offset + bytes;
    }

    void bind(Block memory) {
        address = memory.at(offset);
        floats = new FloatPointer(address).capacity(bytes / Float.BYTES).asBuffer();
    }

    Pointer address() {
        return address;
    }

    FloatBuffer floats() {
        return floats;
    }

    Slot shared() {
        holders++;
        return this;
    }

    void release() {
        holders--;
    }

    boolean isShared() {
        return holders > 1;
    }

    /**
     * Native memory that begins where a line of the cache does, so that no vector that is read or written there lies in
     * two lines: {@code malloc} aligns to 16 bytes only.
     */
    static final class Block implements AutoCloseable {
        /** The line of a cache, and the widest vector. */
        static final long ALIGNMENT = 64;

        private final BytePointer whole;
        private final long start;
        private final long bytes;

        private Block(long bytes) {
            this.bytes = bytes;
            this.whole = new BytePointer(Math.addExact(bytes, ALIGNMENT));
            this.start = -whole.address() & ALIGNMENT - 1;
        }

        static Block ofBytes(long bytes) {
            return new Block(bytes);
        }

        /** The least multiple of {@link #ALIGNMENT} that is not less. */
        static long aligned(long offset) {
            return (offset + ALIGNMENT - 1) & -ALIGNMENT;
        }

        long bytes() {
            return bytes;
        }

        /** So many bytes after the start. */
        Pointer at(long offset) {
            return whole.getPointer(start + offset);
        }

        /** Sets all of it to 0. */
        Block zeroed() {
            Pointer.memset(whole, 0, whole.capacity());
            return this;
        }

        @Override
        public void close() {
            whole.deallocate();
        }
    }
}
