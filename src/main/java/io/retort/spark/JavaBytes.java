package io.retort.spark;

import java.io.Serializable;
import java.nio.ByteBuffer;
import org.apache.spark.SparkEnv;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** A value as bytes of Java serialisation, read back with the class loader that knows the application's jar. */
final class JavaBytes<T extends Serializable> {
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
        return (T) SparkEnv.get().closureSerializer().newInstance().deserialize(ByteBuffer.wrap(bytes), loader, ANY);
    }
}
