package io.retort.spark;

import io.retort.spark.SharedValue.JavaBytes;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;

/**
 * Pieces that lie on executors, group by group. Spark makes them when they are first needed, keeps them on the
 * executors' disks as long as this object is there, and makes again what is lost with an executor.
 *
 * @param <P> by Java serialisation
 */
public final class Regrouping<P extends Serializable> {
    private final JavaRDD<byte[]> byGroup;

    /** @param byGroup a partition for each group */
    Regrouping(JavaRDD<byte[]> byGroup) {
        this.byGroup = byGroup;
    }

    /** The work on a group. */
    @FunctionalInterface
    public interface Work<P, R> extends Serializable {
        R on(int group, List<P> pieces) throws Exception;
    }

    /** The results for each group, in their order. Pieces come in the order of the inputs that gave them. */
    public <R extends Serializable> List<R> collect(Work<P, R> work) {
        try {
            return byGroup
                    .mapPartitionsWithIndex(
                            (group, own) -> {
                                List<P> pieces = new ArrayList<>();
                                own.forEachRemaining(bytes -> pieces.add(new JavaBytes<P>(bytes).value()));
                                return List.of(JavaBytes.of(work.on(group, pieces)))
                                        .iterator();
                            },
                            false)
                    .collect()
                    .stream()
                    .map(bytes -> new JavaBytes<R>(bytes).value())
                    .toList();
        } catch (Exception e) {
            throw ParallelTasks.causeOf(e);
        }
    }
}
