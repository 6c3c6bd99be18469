package io.retort.engine.dl4j.layer;

import java.util.List;

/**
 * A parameter of a layer, in the order of DL4J's flat parameter vector.
 *
 * @param shape row-major
 * @param start its value before anybody sets it
 */
record ParameterSlot(String key, Kind kind, List<Long> shape, float start) {
    /** What moves a parameter. */
    enum Kind {
        /** The optimiser, with weight decay. */
        WEIGHT,
        /** The optimiser, without. */
        BIAS,
        /** The data: the layer's "gradient" is what is subtracted. */
        STATISTIC
    }

    static ParameterSlot weight(Long... shape) {
        return new ParameterSlot("W", Kind.WEIGHT, List.of(shape), 0);
    }

    static ParameterSlot vector(String key, Kind kind, long length, float start) {
        return new ParameterSlot(key, kind, List.of(length), start);
    }

    long length() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    long[] shapeArray() {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }
}
