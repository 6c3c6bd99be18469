package io.retort.engine.onednn;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Native memory that begins where a line of the cache does, so that no vector that is read or written there lies in two
 * lines: {@code malloc} aligns to 16 bytes only.
 */
final class Block implements AutoCloseable {
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
