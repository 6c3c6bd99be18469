package io.retort.distill;

import io.retort.data.RowSample;
import io.retort.data.Samples;
import io.retort.data.Shard;
import io.retort.engine.dl4j.TrainableNetwork;
import io.retort.engine.dl4j.TrainingState;
import java.util.Arrays;
import java.util.List;

/** One copy of the network, at work on an executor. It holds the samples of one round's share, no more. */
final class Replica {
    private final TrainingTask task;
    private final TrainableNetwork network;

    Replica(TrainingTask task, TrainableNetwork network) {
        this.task = task;
        this.network = network;
    }

    /** Trains on the shards, from the given state, in an order that depends on seed, epoch, round and replica only. */
    RoundResult train(TrainingState state, int epoch, int round, int replica, List<Shard> shards) {
        network.restore(state);
        Share share = Share.read(task, task.view(epoch), task.softLabels(), shards);
        int[] order = share.shuffled(RoundPlan.seed(task.seed(), 1, epoch, round, replica));
        double lossSum = 0;
        int seen = 0;
        while (seen < order.length) {
            int[] batch = Arrays.copyOfRange(
                    order, seen, Math.min(seen + task.training().batchSize(), order.length));
            double loss = network.step(share.batch(batch));
            if (!Double.isFinite(loss)) {
                return new RoundResult(replica, 0, 0, loss, network.state());
            }
            lossSum += loss * batch.length;
            seen += batch.length;
        }
        return new RoundResult(replica, seen, lossSum, 0, network.state());
    }

    /** Feeds rows, as the evaluation sees them, to the network to re-estimate BatchNorm's statistics. */
    StatisticsShare statistics(TrainingState state, Samples rows, RowSample.Portion portion) {
        network.restore(state);
        network.beginStatistics();
        Share share = Share.of(task, rows);
        int[] order = share.inOrder();
        for (int i = 0; i < portion.batches(); i++) {
            int[] batch = Arrays.copyOfRange(order, portion.start(i), portion.start(i + 1));
            network.observe(share.features(batch), batch.length);
        }
        return new StatisticsShare(network.statistics());
    }
}
