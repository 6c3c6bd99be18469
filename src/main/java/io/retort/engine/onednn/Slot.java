package io.retort.engine.onednn;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Where a tensor lies: in a program's memory, which it shares with others that are not in use at the same time, or in
 * a block that outlives the program, such as the parameters'.
 */
final class Slot {
    private final long bytes;
    private final boolean lasting;
    private Pointer address = new Pointer();
    private FloatBuffer floats = FloatBuffer.allocate(0);
    private long offset;
    private int first = Integer.MAX_VALUE;
    private int last = -1;
    /** Of how many tensors this is the gradient: where of several, none of them may overwrite it. */
    private int holders = 1;

    private Slot(long bytes, boolean lasting) {
        this.bytes = bytes;
        this.lasting = lasting;
    }

    static Slot ofBytes(long bytes) {
        return new Slot(bytes, false);
    }

    static Slot ofFloats(long floats) {
        return ofBytes(floats * Float.BYTES);
    }

    /** A part of a block, in floats. */
    static Slot within(Block block, int from, int floats) {
        Slot slot = new Slot((long) floats * Float.BYTES, true);
        slot.offset = (long) from * Float.BYTES;
        slot.bind(block);
        return slot;
    }

    long bytes() {
        return bytes;
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
}
