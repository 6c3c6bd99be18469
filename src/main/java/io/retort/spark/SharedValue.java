package io.retort.spark;

import java.io.Serializable;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * A value that every executor gets once, until it is closed.
 *
 * <p>It travels by Java serialisation whatever {@code spark.serializer} says, so that records may be in it.
 */
public final class SharedValue<T extends Serializable> implements Serializable, AutoCloseable {
    private static final long serialVersionUID = 1L;

    private final Broadcast<byte[]> bytes;

    private SharedValue(Broadcast<byte[]> bytes) {
        this.bytes = bytes;
    }

    public static <T extends Serializable> SharedValue<T> of(JavaSparkContext spark, T value) {
        return new SharedValue<>(spark.broadcast(JavaBytes.of(value)));
    }

    /** A new copy of the value; a task calls this once at most. */
    public T value() {
        return new JavaBytes<T>(bytes.value()).value();
    }

    @Override
    public void close() {
        bytes.destroy();
    }
}
