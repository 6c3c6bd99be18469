package io.retort.engine.dl4j.kernel;

/**
 * {@code y = s · clip(round(x / s), l, u)} and its gradients, rounding passed straight through (Bengio et al. 2013,
 * arXiv:1308.3432; for the scale Esser et al. 2020, arXiv:1902.08153, equation 3).
 *
 * <p>With {@code v = x / s}: {@code ∂y/∂x = 1} where {@code l ≤ v ≤ u}, else 0; {@code ∂y/∂s = round(v) − v} there, and
 * l or u where v is clipped. These are the derivatives of {@code s · (clip(v, l, u) + r)}, with a constant r, the
 * rounding error.
 *
 * @param scale s
 * @param least l
 * @param greatest u
 */
public record RoundingKernel(float scale, int least, int greatest) {
    /** Rounds the first {@code count} values in place. */
    public void round(float[] values, int count) {
        for (int i = 0; i < count; i++) {
            double steps = Math.rint(values[i] / scale);
            values[i] = scale * (float) Math.max(least, Math.min(greatest, steps));
        }
    }

    /** Turns the gradient by the outputs into that by the inputs, in place; returns the gradient by {@code ln s}. */
    public double gate(float[] inputs, float[] gradient, int count) {
        double byScale = 0;
        for (int i = 0; i < count; i++) {
            float steps = inputs[i] / scale;
            if (steps < least) {
                byScale += (double) gradient[i] * least;
                gradient[i] = 0;
            } else if (steps > greatest) {
                byScale += (double) gradient[i] * greatest;
                gradient[i] = 0;
            } else {
                byScale += gradient[i] * (Math.rint(steps) - steps);
            }
        }
        return byScale * scale;
    }
}
