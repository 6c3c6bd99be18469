package io.retort.distill.allreduce;

import java.util.ArrayDeque;
import java.util.Deque;

/** Arrays of one length that are used again, so that a step allocates none. */
final class Vectors {
    private final int length;
    private final Deque<float[]> free = new ArrayDeque<>();

    Vectors(int length) {
        this.length = length;
    }

    int length() {
        return length;
    }

    /** Its values are those of its last use. */
    float[] take() {
        synchronized (free) {
            if (!free.isEmpty()) {
                return free.pop();
            }
        }
        return new float[length];
    }

    void giveBack(float[] vector) {
        synchronized (free) {
            free.push(vector);
        }
    }
}
