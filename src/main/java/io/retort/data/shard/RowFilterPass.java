package io.retort.data.shard;

import io.retort.data.Target;
import io.retort.spark.ParallelTasks;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Makes data sets of some rows of others. Only ids and labels are read for it, on the executors; no shard is written.
 */
public final class RowFilterPass {
    private static final int SHARDS_PER_TASK = 16;

    private final JavaSparkContext spark;
    private final ShardStore store;

    public RowFilterPass(JavaSparkContext spark, ShardStore store) {
        this.spark = spark;
        this.store = store;
    }

    /**
     * The rows of a data set on one side of a validation split, of which about {@code fraction} are on the validation
     * side.
     */
    public Dataset side(Dataset dataset, RowFilter.Side side, double fraction) {
        return counted(dataset, dataset.filter().with(side, fraction));
    }

    /**
     * The same rows, of which so many keep their labels: those whose ids have the least hashes. All do where there are
     * fewer.
     */
    public Dataset keepingLabels(Dataset dataset, int rows) {
        Dataset labelled = dataset.labelledRows();
        if (labelled.samples() <= rows) {
            return dataset;
        }
        long bound = rows == 0 ? 0 : new RowSampler(spark, store, labelled).bound(rows);
        return counted(dataset, dataset.filter().withLabelsUpTo(bound));
    }

    /** The same rows, but those of some classes. */
    public Dataset without(Dataset dataset, List<Integer> classes) {
        return counted(dataset, dataset.filter().without(classes));
    }

    private Dataset counted(Dataset dataset, RowFilter filter) {
        Target target = dataset.schema().target();
        ShardStore shards = store;
        List<ArrayList<Shard>> tasks = new ArrayList<>();
        List<Shard> plain = dataset.shards().stream().map(Shard::plain).toList();
        for (int from = 0; from < plain.size(); from += SHARDS_PER_TASK) {
            tasks.add(new ArrayList<>(plain.subList(from, Math.min(from + SHARDS_PER_TASK, plain.size()))));
        }
        List<ArrayList<RowCounts>> counts = ParallelTasks.collect(spark, tasks, task -> {
            ArrayList<RowCounts> some = new ArrayList<>();
            for (Shard shard : task) {
                some.add(RowCounts.of(shards.keys(target, shard), filter, target));
            }
            return some;
        });
        return dataset.with(filter, counts.stream().flatMap(List::stream).toList());
    }
}
