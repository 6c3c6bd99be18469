package io.retort.distill;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.data.shard.Shard;
import io.retort.distill.Supernet.Path;
import io.retort.distill.loss.Objective;
import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.zoo.Architecture;
import io.retort.network.zoo.ConvNet;
import io.retort.network.zoo.PlainNetwork.Mlp;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupernetTest {
    private static final Architecture NARROW = new ConvNet(List.of("cbr4", "max", "dws6"));
    private static final Architecture WIDE = new ConvNet(List.of("cbr8", "max", "dws8*2"));
    private static final Architecture OTHER = new ConvNet(List.of("cbr6", "max", "cbr8"));

    @TempDir
    private java.nio.file.Path root;

    private TrainerFixture fixture;

    @BeforeEach
    void writeShards() {
        fixture = TrainerFixture.of(Storage.of(new Configuration()), new org.apache.hadoop.fs.Path(root.toString()));
    }

    private TrainingTask task(Architecture architecture, int epochs) {
        return fixture.task("supernet", architecture, epochs, 0.01, 1);
    }

    private Path path(Architecture architecture) {
        return Path.of(task(architecture, 1).structure(), architecture::place);
    }

    private Supernet trained(TrainingTask task, Path... paths) {
        return Supernet.trained(LocalSpark.context(), task, List.of(paths), ended -> {});
    }

    private static float[] leading(Network network, String parameter, int rows, int each) {
        float[] values = network.parameter(parameter).values();
        int length = values.length / network.parameter(parameter).sizes().get(0);
        float[] some = new float[rows * each];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(values, row * length, some, row * each, each);
        }
        return some;
    }

    /** Parameters and moments go and come without a loss, however often the path changes. */
    @Test
    void aSinglePathIsTrainedAsIfNothingWereShared() {
        Architecture mlp = new Mlp(List.of(8));
        TrainingTask task = task(mlp, 2);
        Path path = path(mlp);
        List<Batch> batches = new ArrayList<>();
        for (int epoch = 0; epoch < 2; epoch++) {
            for (Shard shard : task.shards(epoch)) {
                task.batches(epoch, shard).forEachRemaining(batches::add);
            }
        }
        Network start = Supernet.drawn(task, List.of(path)).inherited(LocalSpark.context(), path);
        Network expected;
        try (TrainableNetwork network = Compute.by(Engine.ONEDNN)
                .begin(
                        start,
                        task.training().updater(batches.size()),
                        0,
                        new Objective(task.losses(), task.signals(), batches.size()),
                        List.of())) {
            batches.forEach(network::step);
            expected = network.network();
        }
        assertThat(trained(task, path).inherited(LocalSpark.context(), path)).isEqualTo(expected);
    }

    @Test
    void aSmallerPathIsTheLeadingPartOfALargerOne() {
        Path narrow = path(NARROW);
        Path wide = path(WIDE);
        Path other = path(OTHER);
        Supernet supernet = trained(task(WIDE, 1), narrow, wide, other);
        Network small = supernet.inherited(LocalSpark.context(), narrow);
        Network large = supernet.inherited(LocalSpark.context(), wide);
        Network different = supernet.inherited(LocalSpark.context(), other);

        assertThat(small.parameter("block1.conv/weight").values())
                .isEqualTo(leading(large, "block1.conv/weight", 4, 9))
                .isEqualTo(leading(different, "block1.conv/weight", 4, 9));
        assertThat(small.parameter("block3.pointwise.conv/weight").values())
                .isEqualTo(leading(large, "block3.pointwise.conv/weight", 6, 4));
        // Another kind of block at the same place has parameters of its own.
        assertThat(leading(different, "block3.conv/weight", 1, 9))
                .isNotEqualTo(leading(large, "block3.depthwise.conv/weight", 1, 9));
        // BatchNorm's statistics are each path's own.
        assertThat(leading(small, "block3.pointwise.norm/mean", 6, 1))
                .isNotEqualTo(leading(large, "block3.pointwise.norm/mean", 6, 1));
    }

    @Test
    void allPathsLearn() {
        Path[] paths = {path(NARROW), path(WIDE), path(OTHER)};
        Supernet drawn = Supernet.drawn(task(WIDE, 20), List.of(paths));
        Supernet trained = trained(task(WIDE, 20), paths);
        assertThat(paths).allSatisfy(path -> assertThat(loss(trained, path)).isLessThan(loss(drawn, path) / 2));
    }

    private double loss(Supernet supernet, Path path) {
        Network network = supernet.inherited(LocalSpark.context(), path);
        TrainingTask task = task(WIDE, 1);
        return AveragingTrainerTest.meanLossBeforeTheFirstStep(
                TrainerFixture.from(network, Mask.none(), task.training(), task));
    }

    @Test
    void theSameSeedGivesTheSameBytesAndAPathThatWasNotTrainedHasNumbers() {
        Path[] paths = {path(NARROW), path(WIDE)};
        Path wider = path(new ConvNet(List.of("cbr12", "max", "dws8", "ghost8")));
        List<String> fingerprints = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Supernet supernet = trained(task(WIDE, 1), paths);
            Network network = supernet.inherited(LocalSpark.context(), wider);
            fingerprints.add(NetworkFiles.fingerprint(network));
            assertThat(leading(network, "block1.conv/weight", 8, 9))
                    .isEqualTo(leading(supernet.inherited(LocalSpark.context(), paths[1]), "block1.conv/weight", 8, 9));
            assertThat(Arrays.stream(boxed(network.parameter("block4.expand.primary.conv/weight")
                            .values())))
                    .doesNotContain(0f);
        }
        assertThat(fingerprints.get(0)).isEqualTo(fingerprints.get(1));
    }

    private static Float[] boxed(float[] values) {
        Float[] boxed = new Float[values.length];
        Arrays.setAll(boxed, i -> values[i]);
        return boxed;
    }
}
