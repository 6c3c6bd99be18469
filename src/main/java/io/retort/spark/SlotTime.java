package io.retort.spark;

import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/**
 * The time that tasks of all kinds had slots, each from its launch to its end, of those that ended since this began. Of
 * tasks that ended milliseconds ago Spark may not have told yet.
 */
public final class SlotTime implements AutoCloseable {
    private final JavaSparkContext spark;
    private final News news = new News();
    private long millis;

    public SlotTime(JavaSparkContext spark) {
        this.spark = spark;
        spark.sc().addSparkListener(news);
    }

    /** The sum over tasks. */
    public synchronized double seconds() {
        return millis / 1e3;
    }

    @Override
    public void close() {
        spark.sc().removeSparkListener(news);
    }

    private synchronized void add(long duration) {
        millis += duration;
    }

    private final class News extends SparkListener {
        @Override
        public void onTaskEnd(SparkListenerTaskEnd end) {
            add(end.taskInfo().duration());
        }
    }
}
