package io.retort.spark;

import io.retort.predict.Model.ModelHandle;
import io.retort.predict.ModelCache;
import io.retort.predict.ModelStore;
import java.io.Serializable;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A model that executors call, until it is closed. A small one travels to each executor once, of a large one only where
 * its file is; either is opened once in a JVM, and a task that finds it open reads neither.
 */
public final class SharedModel implements Serializable, AutoCloseable {
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
