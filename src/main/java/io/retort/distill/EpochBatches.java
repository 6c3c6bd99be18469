package io.retort.distill;

import io.retort.data.shard.Dataset;
import io.retort.data.shard.Shard;
import io.retort.engine.dl4j.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/** Whole batches of an epoch, shard by shard, for a trainer whose steps are not Retort's own. */
public final class EpochBatches {
    private EpochBatches() {}

    /** The shards in the order of this epoch. */
    public static List<Shard> shards(TrainingTask task, int epoch) {
        StepSizes sizes =
                StepSizes.of(task.dataset().samples(), 1, task.training().batchSize());
        return EpochPlan.of(task.dataset().parts(), task.seed(), epoch, sizes).shards().stream()
                .map(Dataset.Part::shard)
                .toList();
    }

    /** The batches of a shard's rows, shuffled; the last may be smaller. */
    public static Iterator<Batch> of(TrainingTask task, int epoch, Shard shard) {
        RoundData share = RoundData.read(task, task.view(epoch), task.softLabels(), List.of(shard));
        int[] order =
                share.shuffled(RoundPlan.seed(task.seed(), 1, epoch, shard.key().hashCode()));
        List<Batch> batches = new ArrayList<>();
        int batchSize = task.training().batchSize();
        for (int from = 0; from < order.length; from += batchSize) {
            batches.add(share.batch(Arrays.copyOfRange(order, from, Math.min(from + batchSize, order.length))));
        }
        return batches.iterator();
    }
}
