package io.retort.ml;

import java.util.Arrays;

/** The numbers of a row, one after the other. */
final class Floats {
    private static final long MAX_EXACT = 1 << 24;

    private final boolean isWhole;
    private float[] values = new float[64];
    private int count;

    Floats(boolean isWhole) {
        this.isWhole = isWhole;
    }

    void add(double value) {
        if (isWhole && Math.abs(value) > MAX_EXACT && (double) (float) value != value) {
            throw new IllegalArgumentException("is " + (long) value
                    + ", and whole numbers of a model's input must be at most 2^24, up to which they are exact");
        }
        makeRoom(1);
        values[count++] = (float) value;
    }

    private void makeRoom(int more) {
        if (count + more > values.length) {
            values = Arrays.copyOf(values, Math.max(count + more, 2 * values.length));
        }
    }

    void addAll(double[] more) {
        if (isWhole) {
            for (double value : more) {
                add(value);
            }
            return;
        }
        makeRoom(more.length);
        for (int i = 0; i < more.length; i++) {
            values[count + i] = (float) more[i];
        }
        count += more.length;
    }

    void addAll(float[] more) {
        if (isWhole) {
            for (float value : more) {
                add(value);
            }
            return;
        }
        makeRoom(more.length);
        System.arraycopy(more, 0, values, count, more.length);
        count += more.length;
    }

    /** Bytes are numbers from 0 to 255. */
    void addAll(byte[] more) {
        makeRoom(more.length);
        for (int i = 0; i < more.length; i++) {
            values[count + i] = more[i] & 0xFF;
        }
        count += more.length;
    }

    void clear() {
        count = 0;
    }

    int count() {
        return count;
    }

    /** It may be longer than {@link #count()}. */
    float[] values() {
        return values;
    }
}
