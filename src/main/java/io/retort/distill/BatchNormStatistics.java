package io.retort.distill;

import io.retort.data.shard.RowSampler;
import io.retort.engine.TrainableNetwork.TrainingState;
import io.retort.network.ChannelMoments;
import io.retort.network.Network;
import io.retort.network.ParameterSpec.Role;
import io.retort.network.Tensor;
import io.retort.spark.SharedValue;
import java.io.Serializable;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;

/** Estimates BatchNorm's statistics anew at the end of a training: running averages lag behind the final parameters. */
final class BatchNormStatistics {
    /** Samples at most: 1,000 to 10,000 are enough (Wu and Johnson 2021, section 3, arXiv:2105.07576). */
    private static final int SAMPLES = 4096;

    /**
     * The moments of the values before each BatchNorm, over some of the samples.
     *
     * @param moments by the BatchNorm's name
     */
    record Share(Map<String, ChannelMoments> moments) implements Serializable {
        Share {
            moments = new LinkedHashMap<>(moments);
        }
    }

    private final JavaSparkContext spark;
    private final TrainingTask task;
    private final SharedValue<TrainingTask> shared;
    private final int iterations;

    /** @param shared the task as the executors have it */
    BatchNormStatistics(JavaSparkContext spark, TrainingTask task, SharedValue<TrainingTask> shared, int iterations) {
        this.spark = spark;
        this.task = task;
        this.shared = shared;
        this.iterations = iterations;
    }

    /**
     * The trained network with the statistics of its final parameters.
     *
     * @param last the state that the training ended with
     */
    Network of(TrainingState last, Network trained) {
        boolean hasStatistics =
                trained.structure().parameterSpecs().values().stream().anyMatch(spec -> spec.role() == Role.STATISTIC);
        if (!hasStatistics) {
            return trained;
        }
        RowSampler rows = new RowSampler(spark, task.shards(), task.dataset());
        int total = iterations;
        SharedValue<TrainingTask> travelling = shared;
        try (SharedValue<TrainingState> state = SharedValue.of(spark, last)) {
            List<Share> shares = rows.perPortion(
                    SAMPLES,
                    task.training().batchSize(),
                    (samples, portion) -> ReplicaPool.with(
                            travelling.value(), total, replica -> replica.statistics(state.value(), samples, portion)));
            return pool(trained, shares);
        }
    }

    /** The network with mean and variance over the samples of all shares, each sample weighing the same. */
    private static Network pool(Network network, List<Share> shares) {
        Map<String, ChannelMoments> pooled = new HashMap<>();
        shares.forEach(
                share -> share.moments().forEach((norm, moments) -> pooled.merge(norm, moments, ChannelMoments::plus)));
        return with(network, pooled);
    }

    /** The network with these mean values and variances before its BatchNorms. */
    static Network with(Network network, Map<String, ChannelMoments> moments) {
        Map<String, Tensor> parameters = new HashMap<>(network.parameters());
        moments.forEach((norm, of) -> {
            parameters.put(norm + "/mean", of.means());
            parameters.put(norm + "/variance", of.variances());
        });
        return new Network(network.structure(), parameters);
    }
}
