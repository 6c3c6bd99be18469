package io.retort.scaling;

import org.apache.spark.network.util.JavaUtils;

/** Sizes as Spark writes them. */
final class SparkDefaults {
    private SparkDefaults() {}

    /** MiB of such as {@code 2g} or {@code 512m}; a number alone is MiB. */
    static long mib(String size) {
        return JavaUtils.byteStringAsMb(size);
    }
}
