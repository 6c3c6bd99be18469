package io.retort.spark;

import io.retort.spark.SharedValue.JavaBytes;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.Partitioner;
import org.apache.spark.SparkException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import scala.Function1;
import scala.Function2;
import scala.Tuple2;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/** Runs tasks, each with an input of its own, as one Spark job. */
public final class ParallelTasks {
    private ParallelTasks() {}

    /**
     * The work of an executor. It travels to every task by Java serialisation, so records may be in it, and large
     * values belong into a {@link SharedValue}. The input travels to its own task only.
     *
     * @param <I> by Java serialisation too
     * @param <R> travels back through Spark's own serialiser, which may be Kryo: a string, a byte array or a boxed
     *     number, no record
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
     * @param finished receives each result as it arrives, once per task however often that was tried, by one thread at
     *     a time
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
        Function2<TaskContext, scala.collection.Iterator<byte[]>, R> onExecutor =
                (Function2<TaskContext, scala.collection.Iterator<byte[]>, R> & Serializable)
                        (context, own) -> runOne(task, new JavaBytes<I>(own.next()).value());
        Function2<Object, R, BoxedUnit> onDriver = (index, result) -> {
            results.set((Integer) index, result);
            finished.accept(result, (Integer) index);
            return BoxedUnit.UNIT;
        };
        ClassTag<R> tag = ClassTag$.MODULE$.apply(type);
        try {
            // The only form of a job that reports when each task is done; an accumulator would arrive no earlier and
            // count a task's retries too.
            spark.sc().runJob(rdd, onExecutor, onDriver, tag);
        } catch (Exception e) {
            throw causeOf(e);
        }
        return results;
    }

    /** The inputs, one in each partition, in their order: for jobs of another kind than these. */
    public static <I extends Serializable> JavaRDD<I> inputs(JavaSparkContext spark, List<I> inputs) {
        List<byte[]> travelling = inputs.stream().map(JavaBytes::of).toList();
        return spark.parallelize(travelling, Math.max(1, inputs.size())).map(bytes -> new JavaBytes<I>(bytes).value());
    }

    /** Runs a task for each input, whose results travel by Java serialisation, so that records may be in them. */
    public static <I extends Serializable, R extends Serializable> List<R> collect(
            JavaSparkContext spark, List<I> inputs, Task<I, R> task) {
        List<byte[]> results =
                run(spark, inputs, byte[].class, input -> JavaBytes.of(task.run(input)), (bytes, index) -> {});
        return results.stream().map(bytes -> new JavaBytes<R>(bytes).value()).toList();
    }

    /**
     * The work of executors side by side, in tasks that see each other.
     *
     * @param <I> by Java serialisation
     * @param <R> by Java serialisation
     */
    @FunctionalInterface
    public interface GangTask<I extends Serializable, R extends Serializable> extends Serializable {
        R run(I input, BarrierTaskContext gang) throws Exception;
    }

    /**
     * Runs a task for each input, all of which start at the same time (Spark's barrier mode); the results are in the
     * inputs' order. There must be as many free slots. Where one task throws or its executor dies, the job fails and
     * the others are ended; none is tried again.
     */
    public static <I extends Serializable, R extends Serializable> List<R> together(
            JavaSparkContext spark, List<I> inputs, GangTask<I, R> task) {
        List<byte[]> travelling = inputs.stream().map(JavaBytes::of).toList();
        Function1<scala.collection.Iterator<byte[]>, scala.collection.Iterator<byte[]>> onExecutor =
                (Function1<scala.collection.Iterator<byte[]>, scala.collection.Iterator<byte[]>> & Serializable) own ->
                        JavaConverters.asScalaIterator(List.of(JavaBytes.of(runOne(
                                        input -> task.run(input, BarrierTaskContext.get()),
                                        new JavaBytes<I>(own.next()).value())))
                                .iterator());
        ClassTag<byte[]> tag = ClassTag$.MODULE$.apply(byte[].class);
        try {
            RDD<byte[]> results =
                    spark.parallelize(travelling, inputs.size()).rdd().barrier().mapPartitions(onExecutor, false, tag);
            return JavaRDD.fromRDD(results, tag).collect().stream()
                    .map(bytes -> new JavaBytes<R>(bytes).value())
                    .toList();
        } catch (Exception e) {
            throw causeOf(e);
        }
    }

    /**
     * The work on all elements of one partition.
     *
     * @param <R> by Java serialisation
     */
    @FunctionalInterface
    public interface PartitionTask<T, R extends Serializable> extends Serializable {
        List<R> of(Iterator<T> elements);
    }

    /** Works on each partition; the results are in the order of partitions. */
    public static <T, R extends Serializable> List<R> ofPartitions(JavaRDD<T> elements, PartitionTask<T, R> task) {
        try {
            List<byte[]> results = elements.mapPartitions(
                            own -> task.of(own).stream().map(JavaBytes::of).iterator())
                    .collect();
            return results.stream()
                    .map(bytes -> new JavaBytes<R>(bytes).value())
                    .toList();
        } catch (Exception e) {
            throw causeOf(e);
        }
    }

    /** Makes one result of several that come in the order of their inputs. */
    @FunctionalInterface
    public interface Merge<R> extends Serializable {
        R of(List<R> results);
    }

    /**
     * Runs a task for each input, as {@link #collect} does, and merges the results of each {@code fanIn} neighbouring
     * inputs on an executor, so that the driver receives {@code ⌈inputs / fanIn⌉} of them. Up to {@code fanIn} inputs
     * are left to the driver, unmerged, since another stage costs more than it saves.
     *
     * <p>Who is merged with whom, and in which order, depends on the inputs' order alone: the result has the same bits
     * whatever was tried again.
     */
    public static <I extends Serializable, R extends Serializable> List<R> collectMerged(
            JavaSparkContext spark, List<I> inputs, int fanIn, Task<I, R> task, Merge<R> merge) {
        int count = inputs.size();
        if (count <= fanIn) {
            return collect(spark, inputs, task);
        }
        List<byte[]> travelling = inputs.stream().map(JavaBytes::of).toList();
        JavaRDD<Tuple2<Integer, byte[]>> results = spark.parallelize(travelling, count)
                .mapPartitionsWithIndex(
                        (index, own) -> List.of(new Tuple2<>(
                                        index, JavaBytes.of(runOne(task, new JavaBytes<I>(own.next()).value()))))
                                .iterator(),
                        true);
        try {
            // The shuffle sorts, so that it does not matter which result arrives first.
            List<byte[]> merged = JavaPairRDD.fromJavaRDD(results)
                    .repartitionAndSortWithinPartitions(new Neighbours(count, fanIn))
                    .values()
                    .mapPartitions(own -> List.of(merged(own, merge)).iterator())
                    .collect();
            return merged.stream().map(bytes -> new JavaBytes<R>(bytes).value()).toList();
        } catch (Exception e) {
            throw causeOf(e);
        }
    }

    private static <R extends Serializable> byte[] merged(Iterator<byte[]> results, Merge<R> merge) {
        List<R> group = new ArrayList<>();
        results.forEachRemaining(bytes -> group.add(new JavaBytes<R>(bytes).value()));
        return JavaBytes.of(merge.of(group));
    }

    /**
     * Takes a piece of each input, where it lies, to each group that the input has one for.
     *
     * @param spread the pieces of an input, by group from 0 to {@code groups − 1}
     */
    public static <I extends Serializable, P extends Serializable> Regrouping<P> regroup(
            JavaSparkContext spark, List<I> inputs, int groups, Task<I, Map<Integer, P>> spread) {
        List<byte[]> travelling = inputs.stream().map(JavaBytes::of).toList();
        JavaRDD<Tuple2<Long, byte[]>> pieces = spark.parallelize(travelling, Math.max(1, inputs.size()))
                .mapPartitionsWithIndex(
                        (index, own) -> {
                            List<Tuple2<Long, byte[]>> spreadOut = new ArrayList<>();
                            own.forEachRemaining(input -> runOne(spread, new JavaBytes<I>(input).value())
                                    .forEach((group, piece) -> spreadOut.add(
                                            new Tuple2<>(((long) group << 32) | index, JavaBytes.of(piece)))));
                            return spreadOut.iterator();
                        },
                        true);
        // The shuffle sorts, so that it does not matter which piece arrives first.
        return new Regrouping<>(JavaPairRDD.fromJavaRDD(pieces)
                .repartitionAndSortWithinPartitions(new Groups(groups))
                .values());
    }

    /** The upper half of a key is its partition. */
    private static final class Groups extends Partitioner {
        private static final long serialVersionUID = 1L;

        private final int groups;

        Groups(int groups) {
            this.groups = groups;
        }

        @Override
        public int numPartitions() {
            return groups;
        }

        @Override
        public int getPartition(Object key) {
            return (int) ((Long) key >>> 32);
        }
    }

    /** Neighbouring keys of {@code 0 … count − 1} to one partition. */
    private static final class Neighbours extends Partitioner {
        private static final long serialVersionUID = 1L;

        private final int partitions;
        private final int each;

        Neighbours(int count, int each) {
            this.partitions = (count + each - 1) / each;
            this.each = each;
        }

        @Override
        public int numPartitions() {
            return partitions;
        }

        @Override
        public int getPartition(Object key) {
            return (Integer) key / each;
        }
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

    /** Of a task that left no exception, whose executor died, Spark puts stack traces into the message itself. */
    private static String withoutTrace(String message) {
        return message.replaceAll("(?s)\\s*(Driver stacktrace:|\\n\\tat ).*", "");
    }
}
