package io.retort.engine.dl4j.kernel;

/** Element-wise functions of z, and their derivatives. */
public enum Nonlinearity {
    IDENTITY {
        @Override
        public void apply(float[] z, int length) {}

        @Override
        public void gate(float[] z, float[] gradient, int length) {}
    },
    RELU {
        @Override
        public void apply(float[] z, int length) {
            for (int i = 0; i < length; i++) {
                z[i] = Math.max(z[i], 0f);
            }
        }

        @Override
        public void gate(float[] z, float[] gradient, int length) {
            for (int i = 0; i < length; i++) {
                gradient[i] *= Math.min(Math.max(z[i] * STEEP, 0f), 1f);
            }
        }
    },
    RELU6 {
        @Override
        public void apply(float[] z, int length) {
            for (int i = 0; i < length; i++) {
                z[i] = Math.min(Math.max(z[i], 0f), 6f);
            }
        }

        @Override
        public void gate(float[] z, float[] gradient, int length) {
            for (int i = 0; i < length; i++) {
                gradient[i] *=
                        Math.min(Math.max(z[i] * STEEP, 0f), 1f) * Math.min(Math.max((6f - z[i]) * STEEP, 0f), 1f);
            }
        }
    },
    TANH {
        @Override
        public void apply(float[] z, int length) {
            for (int i = 0; i < length; i++) {
                z[i] = (float) Math.tanh(z[i]);
            }
        }

        @Override
        public void gate(float[] z, float[] gradient, int length) {
            for (int i = 0; i < length; i++) {
                float tanh = (float) Math.tanh(z[i]);
                gradient[i] *= 1 - tanh * tanh;
            }
        }
    },
    SIGMOID {
        @Override
        public void apply(float[] z, int length) {
            for (int i = 0; i < length; i++) {
                z[i] = sigmoid(z[i]);
            }
        }

        @Override
        public void gate(float[] z, float[] gradient, int length) {
            for (int i = 0; i < length; i++) {
                float sigmoid = sigmoid(z[i]);
                gradient[i] *= sigmoid * (1 - sigmoid);
            }
        }
    };

    /** Makes a step of 0 or 1 out of product, minimum and maximum, which HotSpot vectorises, unlike a comparison. */
    static final float STEEP = 1e37f;

    /** Replaces z by f(z). */
    public abstract void apply(float[] z, int length);

    /** Multiplies the gradient by f′(z). The derivative of a kink is 0. */
    public abstract void gate(float[] z, float[] gradient, int length);

    private static float sigmoid(float z) {
        return (float) (1 / (1 + Math.exp(-z)));
    }
}
