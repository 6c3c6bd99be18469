package io.retort.engine.onednn;

import io.retort.engine.onednn.FlatParameters.Range;
import io.retort.engine.onednn.Slot.Block;
import java.nio.FloatBuffer;

/** The parameters as operations read them, and the gradient as they write it, each in the flat order. */
final class NativeParameters implements AutoCloseable {
    private final FlatParameters places;
    private final Block values;
    private final Block gradient;
    private final Slot allValues;
    private final Slot wholeGradient;

    NativeParameters(FlatParameters places) {
        this.places = places;
        this.values = Block.ofBytes(bytes(places) / 2);
        this.gradient = Block.ofBytes(bytes(places) / 2);
        this.allValues = Slot.within(values, 0, places.length());
        this.wholeGradient = Slot.within(gradient, 0, places.length());
    }

    /** Sets all of it to 0: there are parameters of which no operation writes a gradient. */
    NativeParameters zeroed() {
        values.zeroed();
        gradient.zeroed();
        return this;
    }

    /** Of both. */
    static long bytes(FlatParameters places) {
        return 2L * Float.BYTES * places.length();
    }

    Slot value(String name) {
        return slot(values, places.range(name));
    }

    Slot gradient(String name) {
        return slot(gradient, places.range(name));
    }

    private static Slot slot(Block block, Range range) {
        return Slot.within(block, range.from(), range.length());
    }

    FloatBuffer values() {
        return allValues.floats();
    }

    FloatBuffer gradient() {
        return wholeGradient.floats();
    }

    @Override
    public void close() {
        values.close();
        gradient.close();
    }
}
