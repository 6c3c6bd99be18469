package io.retort.engine.onednn;

import io.retort.network.Shape;
import java.util.Arrays;

/**
 * A value of a program that a loss reads, and the gradient that it writes. Programs have channels last, losses first.
 * Its arrays are used again in every step.
 */
final class End {
    private final Slot value;
    private final Slot gradient;
    private final Shape shape;
    private float[] floats = {};
    private double[] read = {};
    private double[] written = {};

    private End(Slot value, Slot gradient, Shape shape) {
        this.value = value;
        this.gradient = gradient;
        this.shape = shape;
    }

    static End of(Slot value, Shape shape) {
        return new End(value, Slot.ofBytes(value.bytes()), shape);
    }

    Slot value() {
        return value;
    }

    Slot gradient() {
        return gradient;
    }

    Shape shape() {
        return shape;
    }

    private float[] floats() {
        if (floats.length == 0) {
            floats = new float[Math.toIntExact(value.bytes() / Float.BYTES)];
        }
        return floats;
    }

    /** The value, channels first. */
    double[] read() {
        float[] values = floats();
        value.floats().get(0, values);
        read = read.length == 0 ? new double[values.length] : read;
        for (int i = 0; i < values.length; i++) {
            read[channelsFirst(i)] = values[i];
        }
        return read;
    }

    /** Room for its gradient, channels first, which is 0 yet. */
    double[] noGradient() {
        written = written.length == 0 ? new double[floats().length] : written;
        Arrays.fill(written, 0);
        return written;
    }

    /** Puts the gradient that was made of {@link #noGradient} where the program reads it. */
    void writeGradient() {
        float[] values = floats();
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) written[channelsFirst(i)];
        }
        gradient.floats().put(0, values);
    }

    /** Where a value of the program lies if channels come first. */
    private int channelsFirst(int at) {
        int channels = shape.channels();
        int places = shape.height() * shape.width();
        int place = at / channels;
        return place / places * places * channels + at % channels * places + place % places;
    }
}
