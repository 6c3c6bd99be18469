package io.retort.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;
import org.apache.spark.SparkException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import scala.Function2;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/** Runs tasks, each with an input of its own, as one Spark job. */
public final class SparkTasks {
    private SparkTasks() {}

    /**
     * What the executors run. It travels to every task by Java serialisation, so records may be in it, and what is large belongs into a
     * {@link SparkShared}. The input travels to its own task only.
     *
     * @param <I> by Java serialisation too
     * @param <R> travels back through Spark's own serialiser, which may be Kryo: a string, a byte array or a boxed number, no record
     */
    @FunctionalInterface
    public interface Task<I extends Serializable, R> extends Serializable {
        R run(I input) throws Exception;
    }

    /**
     * Runs a task for each input; the results are in the inputs' order.
     *
     * <p>When one fails for good, the exception that it threw on the executor is thrown here.
     *
     * @param finished is told of each result as it arrives, once per task however often that was tried, by one thread at a time
     */
    public static <I extends Serializable, R> List<R> run(
            JavaSparkContext spark, List<I> inputs, Class<R> type, Task<I, R> task, ObjIntConsumer<R> finished) {
        int count = inputs.size();
        if (count == 0) {
            return List.of();
        }
        List<R> results = new ArrayList<>(Collections.nCopies(count, null));
        // As bytes, since Spark's own serialiser may be one that cannot read records back.
        List<byte[]> travelling = inputs.stream().map(JavaBytes::of).toList();
        RDD<byte[]> rdd = spark.parallelize(travelling, count).rdd();
        Function2<TaskContext, Iterator<byte[]>, R> onExecutor =
                (Function2<TaskContext, Iterator<byte[]>, R> & Serializable)
                        (context, own) -> runOne(task, new JavaBytes<I>(own.next()).value());
        Function2<Object, R, BoxedUnit> onDriver = (index, result) -> {
            results.set((Integer) index, result);
            finished.accept(result, (Integer) index);
            return BoxedUnit.UNIT;
        };
        ClassTag<R> tag = ClassTag$.MODULE$.apply(type);
        List<Object> partitions =
                new ArrayList<>(IntStream.range(0, count).boxed().toList());
        try {
            // The only form of a job that says when each task is done; an accumulator would arrive no earlier and count
            // a task's retries too.
            spark.sc()
                    .runJob(
                            rdd,
                            onExecutor,
                            JavaConverters.asScalaBuffer(partitions).toSeq(),
                            onDriver,
                            tag);
        } catch (Exception e) {
            throw causeOf(e);
        }
        return results;
    }

    /** Runs a task for each input, whose results travel by Java serialisation, so that records may be in them. */
    public static <I extends Serializable, R extends Serializable> List<R> collect(
            JavaSparkContext spark, List<I> inputs, Task<I, R> task) {
        List<byte[]> results =
                run(spark, inputs, byte[].class, input -> JavaBytes.of(task.run(input)), (bytes, index) -> {});
        return results.stream().map(bytes -> new JavaBytes<R>(bytes).value()).toList();
    }

    private static <I extends Serializable, R> R runOne(Task<I, R> task, I input) {
        try {
            return task.run(input);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** The exception that a task threw, out of the one in which Spark's driver reports it. */
    public static RuntimeException causeOf(Exception failure) {
        if (failure instanceof SparkException && failure.getCause() instanceof RuntimeException onExecutor) {
            onExecutor.addSuppressed(failure);
            return onExecutor;
        }
        return failure instanceof RuntimeException unchecked
                ? unchecked
                : new IllegalStateException(withoutTrace(String.valueOf(failure.getMessage())), failure);
    }

    /** Where a task left no exception, because its executor died, say, Spark puts stack traces into the message itself. */
    private static String withoutTrace(String message) {
        return message.replaceAll("(?s)\\s*(Driver stacktrace:|\\n\\tat ).*", "");
    }
}
