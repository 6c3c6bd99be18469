package io.retort.spark;

import java.io.Serializable;
import java.nio.ByteBuffer;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * A value that every executor gets once, until it is closed.
 *
 * <p>It travels by Java serialisation whatever {@code spark.serializer} is, so that records may be in it.
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

    /** A value as bytes of Java serialisation, read back with the class loader that knows the application's jar. */
    static final class JavaBytes<T extends Serializable> {
        private static final ClassTag<Object> ANY = ClassTag$.MODULE$.apply(Object.class);

        private final byte[] bytes;

        /** Takes over bytes that {@link #of} made of a {@code T}. */
        JavaBytes(byte[] bytes) {
            this.bytes = bytes;
        }

        static byte[] of(Serializable value) {
            // Spark's closure serializer is Java's in every set-up.
            ByteBuffer buffer = SparkEnv.get().closureSerializer().newInstance().serialize(value, ANY);
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return bytes;
        }

        @SuppressWarnings("unchecked") // they were made of a T
        T value() {
            ClassLoader loader = Thread.currentThread().getContextClassLoader();
            return (T)
                    SparkEnv.get().closureSerializer().newInstance().deserialize(ByteBuffer.wrap(bytes), loader, ANY);
        }
    }
}
