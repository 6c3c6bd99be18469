package io.retort.network;

import java.util.Arrays;
import java.util.List;

/**
 * A parameter that a layer needs.
 *
 * @param name within the layer: {@code weight}, {@code bias}, {@code scale} ...
 * @param sizes of its tensor, row-major
 * @param start how it is initialised
 * @param role whether an optimiser moves it
 */
public record ParameterSpec(String name, List<Integer> sizes, Start start, Role role) {
    /** How a parameter begins. */
    public enum Start {
        /**
         * Normal with deviation {@code √(2 / fan-in)} (He et al. 2015, arXiv:1502.01852); fan-in is all sizes but the
         * first.
         */
        HE_NORMAL,
        /** Uniform in [−1, 1]. */
        UNIFORM,
        /**
         * Uniform in [−0.25, 0.25], the first row 0 (Kim 2014, arXiv:1408.5882, has such numbers for words that he
         * has no vectors of).
         */
        TABLE,
        ZERO,
        ONE
    }

    /** What moves a parameter. */
    public enum Role {
        /** The optimiser. */
        TRAINED,
        /** The data: running statistics. */
        STATISTIC
    }

    public ParameterSpec {
        sizes = List.copyOf(sizes);
    }

    static ParameterSpec weight(Integer... sizes) {
        return new ParameterSpec("weight", Arrays.asList(sizes), Start.HE_NORMAL, Role.TRAINED);
    }

    public int elements() {
        return sizes.stream().reduce(1, Math::multiplyExact);
    }
}
