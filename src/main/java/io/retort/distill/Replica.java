package io.retort.distill;

import io.retort.data.Shard;
import io.retort.data.View;
import io.retort.engine.dl4j.TrainableNetwork;
import io.retort.engine.dl4j.TrainingState;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

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

    /** Feeds the shards, as the evaluation sees them, to the network to re-estimate BatchNorm's statistics. */
    StatisticsShare statistics(TrainingState state, List<Shard> shards) {
        network.restore(state);
        network.beginStatistics();
        int batchSize = task.training().batchSize();
        long samples = 0;
        for (Shard shard : shards) {
            Share share = Share.read(task, View.plain(), Optional.empty(), List.of(shard));
            int[] order = share.inOrder();
            // A last batch that is smaller would weigh as much as the others, so it is left out unless it is the only
            // one.
            int end = Math.max(order.length / batchSize * batchSize, Math.min(order.length, batchSize));
            for (int from = 0; from < end; from += batchSize) {
                int[] batch = Arrays.copyOfRange(order, from, Math.min(from + batchSize, end));
                network.observe(share.features(batch), batch.length);
            }
            samples += end;
        }
        return StatisticsShare.of(network.network(), samples);
    }
}
