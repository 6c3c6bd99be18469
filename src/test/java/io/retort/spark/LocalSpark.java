package io.retort.spark;

import java.time.Instant;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** A Spark of two threads in this JVM, shared by its tests. */
public final class LocalSpark {
    private LocalSpark() {}

    public static SparkSession session() {
        return SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.sql.shuffle.partitions", "2")
                .config("spark.executor.heartbeatInterval", "1s")
                .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
                .config("spark.kryo.registrator", "org.nd4j.kryo.Nd4jRegistrator") // DL4J's own master sends arrays
                .getOrCreate();
    }

    public static JavaSparkContext context() {
        return new JavaSparkContext(session().sparkContext());
    }

    /** A job that failed returns while its other tasks still write; a test's folder cannot be removed under them. */
    static void awaitIdle() throws InterruptedException {
        Instant deadline = Instant.now().plusSeconds(60);
        while (runsTasks() && Instant.now().isBefore(deadline)) {
            Thread.sleep(10);
        }
    }

    private static boolean runsTasks() {
        return Thread.getAllStackTraces().values().stream()
                .flatMap(Stream::of)
                .anyMatch(frame -> frame.getClassName().equals("org.apache.spark.executor.Executor$TaskRunner"));
    }
}
