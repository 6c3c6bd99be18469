package io.retort.spark;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple4;
import scala.collection.Iterable;
import scala.collection.Iterator;

/**
 * A total that tasks add to and that the driver sees grow while they run, every ten seconds or so, as executors send
 * their heartbeats ({@code spark.executor.heartbeatInterval}). For progress only: a task that runs twice may count twice.
 */
public final class RunningTotal implements AutoCloseable {
    private final JavaSparkContext spark;
    private final LongAccumulator total;
    private final LongConsumer hears;
    private final News news = new News();
    private final Map<Long, Long> byTask = new HashMap<>();
    private long told;

    /**
     * @param name of the accumulator in Spark's UI
     * @param hears of each growth; of nothing where all tasks end before the first heartbeat
     */
    public RunningTotal(JavaSparkContext spark, String name, LongConsumer hears) {
        this.spark = spark;
        this.total = spark.sc().longAccumulator(name);
        this.hears = hears;
        spark.sc().addSparkListener(news);
    }

    /** What tasks add to. */
    public LongAccumulator adder() {
        return total;
    }

    /** Tells of the rest, if it has told of anything. */
    @Override
    public synchronized void close() {
        spark.sc().removeSparkListener(news);
        if (told > 0) {
            tell(total.value());
        }
    }

    private synchronized void heard(long task, Iterable<?> infos, boolean tells) {
        for (Iterator<?> all = infos.iterator(); all.hasNext(); ) {
            if (all.next() instanceof AccumulableInfo info
                    && info.id() == total.id()
                    && info.update().isDefined()) {
                byTask.put(task, ((Number) info.update().get()).longValue());
            }
        }
        if (tells) {
            tell(byTask.values().stream().mapToLong(Long::longValue).sum());
        }
    }

    private void tell(long now) {
        if (now > told) {
            hears.accept(now - told);
            told = now;
        }
    }

    /**
     * A sequence of an event. A compiled call would name the sequence's type, which Scala 2.13 has moved, and so would
     * link with one version only.
     */
    static Iterable<?> sequence(Object event, String name) {
        try {
            return (Iterable<?>) event.getClass().getMethod(name).invoke(event);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Spark's " + event.getClass() + " has no sequence " + name, e);
        }
    }

    private final class News extends SparkListener {
        @Override
        public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
            for (Iterator<?> tasks = sequence(update, "accumUpdates").iterator(); tasks.hasNext(); ) {
                Tuple4<?, ?, ?, ?> task = (Tuple4<?, ?, ?, ?>) tasks.next();
                heard((Long) task._1(), (Iterable<?>) task._4(), true);
            }
        }

        @Override
        public void onTaskEnd(SparkListenerTaskEnd end) {
            heard(end.taskInfo().taskId(), sequence(end.taskInfo(), "accumulables"), told > 0);
        }
    }
}
