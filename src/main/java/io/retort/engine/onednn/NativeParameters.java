package io.retort.engine.onednn;

import io.retort.engine.onednn.FlatParameters.Range;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** The parameters as operations read them, and the gradient as they write it, each in the flat order. */
final class NativeParameters implements AutoCloseable {
    private final FlatParameters places;
    private final BytePointer values;
    private final BytePointer gradient;

    NativeParameters(FlatParameters places) {
        this.places = places;
        this.values = block(places.length());
        this.gradient = block(places.length());
    }

    private static BytePointer block(int floats) {
        BytePointer block = new BytePointer(Math.max(1, (long) floats * Float.BYTES));
        Pointer.memset(block, 0, block.capacity());
        return block;
    }

    Slot value(String name) {
        return slot(values, places.range(name));
    }

    Slot gradient(String name) {
        return slot(gradient, places.range(name));
    }

    private static Slot slot(BytePointer block, Range range) {
        return Slot.within(block, range.from(), range.length());
    }

    FloatBuffer values() {
        return Slot.within(values, 0, places.length()).floats();
    }

    FloatBuffer gradient() {
        return Slot.within(gradient, 0, places.length()).floats();
    }

    @Override
    public void close() {
        values.deallocate();
        gradient.deallocate();
    }
}
