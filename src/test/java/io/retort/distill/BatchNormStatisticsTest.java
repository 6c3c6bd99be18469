package io.retort.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.Pictures;
import io.retort.data.Samples;
import io.retort.distill.TrainerFixture.Notes;
import io.retort.network.Network;
import io.retort.network.Tensor;
import io.retort.network.zoo.ConvNet;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** BatchNorm's final statistics, of trainings whose learning rate moves nothing else. */
class BatchNormStatisticsTest {
    private static final double NO_RATE = 1e-30;
    private static final Samples PICTURES = Pictures.of(400, 0);

    @TempDir
    private java.nio.file.Path root;

    private final Storage storage = Storage.of(new Configuration());

    private Map<String, Tensor> statistics(Samples pictures, int replicas, int... sizes) {
        TrainerFixture fixture = TrainerFixture.cut(storage, new Path(root.toString()), pictures, sizes);
        Network trained = new AveragingTrainer.Settings(Optional.of(replicas), 32, 8)
                .create(LocalSpark.context(), storage, fixture.checkpoints(), replicas)
                .train(
                        fixture.task("statistics", new ConvNet(List.of("cbr4", "max", "cbr6")), 1, NO_RATE, 1),
                        TrainerFixture.slots(),
                        new Notes())
                .network();
        Map<String, Tensor> statistics = new TreeMap<>(trained.parameters());
        statistics.keySet().removeIf(name -> !name.endsWith("/mean") && !name.endsWith("/variance"));
        return statistics;
    }

    /** 360 pictures in one shard and 40 in shards of one; then 400 in two orders: as they come, and sorted by class. */
    @Test
    void areTheSameHoweverRowsLieInShards() {
        Map<String, Tensor> even = statistics(PICTURES, 1, 400);
        assertThat(even).hasSize(4);
        int[] uneven = IntStream.concat(
                        IntStream.of(360), IntStream.generate(() -> 1).limit(40))
                .toArray();
        assertThat(statistics(PICTURES, 2, uneven)).isEqualTo(even);
        Samples sorted = PICTURES.rows(IntStream.range(0, 400)
                .boxed()
                .sorted(Comparator.comparing(i -> PICTURES.labels().classOf(i)))
                .mapToInt(i -> i)
                .toArray());
        assertThat(statistics(sorted, 2, 133, 133, 134)).isEqualTo(even);
    }

    @Test
    void ofTheFirstBatchNormAreThoseOfAllRows() {
        TrainerFixture fixture = TrainerFixture.cut(storage, new Path(root.toString()), PICTURES, 250, 7, 143);
        TrainingTask task = fixture.task("whole", new ConvNet(List.of("cbr4", "max", "cbr6")), 1, NO_RATE, 1);
        var whole = ReplicaPool.build(task, 1);
        whole.beginStatistics();
        RoundData all = RoundData.of(task, PICTURES);
        whole.observe(all.features(all.inOrder()), 400);
        Map<String, Tensor> statistics = statistics(PICTURES, 2, 250, 7, 143);
        for (String name : List.of("block1.norm/mean", "block1.norm/variance")) {
            assertThat(statistics.get(name).values())
                    .containsExactly(whole.network().parameter(name).values(), within(1e-5f));
        }
    }
}
