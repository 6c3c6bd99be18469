package io.retort.engine.dl4j.kernel;

import java.util.SplittableRandom;

/** Numbers for tests of kernels. */
final class Values {
    private Values() {}

    static float[] random(SplittableRandom random, int count, double farthest) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble(-farthest, farthest);
        }
        return values;
    }

    static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }
}
