package io.retort.ml;

import java.util.UUID;

/**
 * The uid of a stage while it is made.
 *
 * <p>Constructors of Spark's estimators and models ask for {@code uid()} before the constructor of a Java subclass can
 * set a field. So it is left with the thread first: as an argument of {@code this(...)}, which is evaluated before any
 * constructor runs.
 */
final class StageUid {
    private static final int DIGITS = 12;
    private static final ThreadLocal<String> GIVEN = new ThreadLocal<>();

    private final String value;

    private StageUid(String value) {
        this.value = value;
    }

    static StageUid given(String uid) {
        GIVEN.set(uid);
        return new StageUid(uid);
    }

    /** One of its own, as Spark makes them: {@code prefix_4f2a90c1d3e5}. */
    static StageUid fresh(String prefix) {
        String random = UUID.randomUUID().toString().replace("-", "");
        return given(prefix + "_" + random.substring(random.length() - DIGITS));
    }

    /** What {@code uid()} returns: the field, or while that is not set the thread's. */
    static String known(String field) {
        return field == null ? GIVEN.get() : field;
    }

    /** The value, for the field; the thread forgets it. */
    String taken() {
        GIVEN.remove();
        return value;
    }
}
