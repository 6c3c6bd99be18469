package io.retort.compress.quantize.round;

/**
 * How far between rounding down (0) and up (1) a weight is while that is decided: {@code h(v) = clip(σ(v)(ζ − γ) + γ, 0, 1)} with ζ = 1.1 and γ = −0.1,
 * which reaches both ends where v is finite (Louizos et al. 2018, arXiv:1712.01312; Nagel et al. 2020, arXiv:2004.10568, equation 23).
 */
final class RectifiedSigmoid {
    private static final double ZETA = 1.1;
    private static final double GAMMA = -0.1;

    private RectifiedSigmoid() {}

    static double of(double v) {
        return clipped(stretched(sigmoid(v)));
    }

    /** The v of an h in [0, 1]. */
    static double inverse(double h) {
        return -Math.log((ZETA - GAMMA) / (h - GAMMA) - 1);
    }

    /** {@code dh/dv}, given h; 0 where it is clipped. */
    static double slope(double h) {
        if (h <= 0 || h >= 1) {
            return 0;
        }
        double sigmoid = (h - GAMMA) / (ZETA - GAMMA);
        return (ZETA - GAMMA) * sigmoid * (1 - sigmoid);
    }

    /** {@code d(1 − |2h − 1|^β)/dh}: the regulariser's, which draws h to the nearer end, the more strongly far from both the smaller β is. */
    static double pull(double h, double beta) {
        double distance = 2 * h - 1;
        return -2 * beta * Math.pow(Math.abs(distance), beta - 1) * Math.signum(distance);
    }

    private static double sigmoid(double v) {
        return 1 / (1 + Math.exp(-v));
    }

    private static double stretched(double sigmoid) {
        return sigmoid * (ZETA - GAMMA) + GAMMA;
    }

    private static double clipped(double h) {
        return Math.max(0, Math.min(1, h));
    }
}
