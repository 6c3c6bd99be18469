package io.retort.spark;

import io.retort.predict.Model.ModelHandle;
import io.retort.predict.ModelCache;
import io.retort.predict.ModelStore;
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

    /**
     * A model that executors call, until it is closed. A small one travels to each executor once, of a large one only
     * where its file is; either is opened once in a JVM, and a task that finds it open reads neither.
     */
    public static final class SharedModel implements Serializable, AutoCloseable {
        private static final long serialVersionUID = 1L;

        private final String fingerprint;
        private final SharedValue<ModelHandle> handle;

        private SharedModel(String fingerprint, SharedValue<ModelHandle> handle) {
            this.fingerprint = fingerprint;
            this.handle = handle;
        }

        /**
         * Sends a model out.
         *
         * @param store for a large one
         */
        public static SharedModel of(JavaSparkContext spark, ModelStore store, ModelHandle model) {
            return new SharedModel(model.fingerprint(), SharedValue.of(spark, model.travelling(store)));
        }

        /** Sends a model out as it is; it stays until nobody refers to it any more, or it is closed. */
        public static SharedModel of(JavaSparkContext spark, ModelHandle model) {
            return new SharedModel(model.fingerprint(), SharedValue.of(spark, model));
        }

        /** This JVM's instance, one of whose calls may use {@code threads} threads. */
        public ModelCache.Lease lease(int threads) {
            return ModelCache.inThisJvm().lease(fingerprint, threads, handle::value);
        }

        @Override
        public void close() {
            handle.close();
        }
    }
}
