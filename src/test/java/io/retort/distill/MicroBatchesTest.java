package io.retort.distill;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.Pictures;
import io.retort.data.ViewSettings;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.Shard;
import io.retort.data.shard.ShardStore;
import io.retort.distill.loss.CrossEntropyLoss;
import io.retort.distill.loss.LossSettings;
import io.retort.distill.loss.Losses;
import io.retort.distill.schedule.LearningRate;
import io.retort.network.Mask;
import io.retort.network.OutputScaling;
import io.retort.network.Structure;
import io.retort.network.zoo.ConvNet;
import io.retort.network.zoo.PlainNetwork.Mlp;
import io.retort.storage.Storage;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

class MicroBatchesTest {
    private static final Structure LARGE = new ConvNet(List.of("cbr128", "cbr256", "cbr256"))
            .build(Pictures.SCHEMA.shape(), Pictures.SCHEMA.classes());
    private static final Structure SMALL =
            new Mlp(List.of(8)).build(Pictures.SCHEMA.shape(), Pictures.SCHEMA.classes());

    private static TrainingTask task(Structure structure, int batchSize, int samples) {
        TrainingSettings training = new TrainingSettings(
                1,
                batchSize,
                new Optimizer.Sgd(),
                new LearningRate(0.1, 0, new LearningRate.Decay.Constant()),
                0,
                0,
                ViewSettings.plain());
        Shard shard = new Shard("a", samples, List.of(), List.of(), List.of());
        return new TrainingTask(
                "task",
                structure,
                training,
                List.of(new CrossEntropyLoss.Settings(1, 0)),
                new Dataset(Pictures.SCHEMA, List.of(shard)),
                samples,
                new ShardStore(Storage.of(new Configuration()), new Path("/nowhere")),
                List.of(),
                List.of(),
                Mask.none(),
                OutputScaling.NONE,
                1,
                1,
                Compute.by(Engine.DL4J));
    }

    private static int count(Structure structure, int batchSize) {
        return MicroBatches.of(task(structure, batchSize, 10_000_000), Optional.empty());
    }

    @Test
    void haveThirtyTwoRowsWhereThereAreTwoAndSixtyFourWhereThereAreMore() {
        assertThat(count(LARGE, 64)).isEqualTo(2);
        assertThat(count(LARGE, 128)).isEqualTo(2);
        assertThat(count(LARGE, 192)).isEqualTo(3);
        assertThat(count(LARGE, 256)).isEqualTo(4);
        assertThat(count(LARGE, 250)).isEqualTo(2); // 3 do not divide it
        assertThat(count(LARGE, 127)).isEqualTo(1);
        assertThat(count(LARGE, 48)).isEqualTo(1);
        assertThat(count(LARGE, 4096)).isEqualTo(8);
    }

    @Test
    void aSmallNetworkIsNotWorthSharing() {
        assertThat(count(SMALL, 128)).isEqualTo(1);
        assertThat(count(SMALL, 1 << 17)).isEqualTo(4); // 520 multiply-accumulates a row, so 32,768 rows at least
    }

    @Test
    void haveAtMostTheRowsThatTheRecipeSays() {
        TrainingTask task = task(SMALL, 96, 100_000);
        assertThat(MicroBatches.of(task, Optional.of(32))).isEqualTo(3);
        assertThat(MicroBatches.of(task, Optional.of(31))).isEqualTo(4);
        assertThat(MicroBatches.of(task, Optional.of(1))).isEqualTo(96);
        assertThat(MicroBatches.of(task, Optional.of(1000))).isEqualTo(1);
    }

    @Test
    void fewerRowsThanABatchAreNotCut() {
        assertThat(MicroBatches.of(task(LARGE, 128, 127), Optional.empty())).isEqualTo(1);
        assertThat(MicroBatches.of(task(LARGE, 128, 127), Optional.of(1))).isEqualTo(1);
        assertThat(MicroBatches.of(task(LARGE, 128, 128), Optional.empty())).isEqualTo(2);
    }

    @Test
    void whoeverComparesRowsSaysSo() {
        assertThat(Losses.CATALOGUE.kinds().stream()
                        .filter(kind -> comparesRows(kind.settings()))
                        .map(kind -> kind.name()))
                .containsExactly(
                        "contrastive", "dist", "pkt", "relation-angle", "relation-distance", "similarity-preserving");
    }

    private static boolean comparesRows(Class<? extends LossSettings> settings) {
        try {
            return settings.getMethod("comparesRows").getDeclaringClass() != LossSettings.class;
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }
}
