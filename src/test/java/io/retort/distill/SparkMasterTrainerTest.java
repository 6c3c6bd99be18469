package io.retort.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.distill.Trainer.TrainingResult;
import io.retort.distill.TrainerFixture.Notes;
import io.retort.distill.dl4j.Dl4jTrainer;
import io.retort.network.Layer;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.Structure;
import io.retort.network.zoo.PlainNetwork.Mlp;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparkMasterTrainerTest {
    @TempDir
    private java.nio.file.Path root;

    private final Storage storage = Storage.of(new Configuration());

    private Trainer trainer(TrainerFixture fixture) {
        return new Dl4jTrainer.Settings(Optional.of(2), 2)
                .create(LocalSpark.context(), storage, fixture.checkpoints(), 2);
    }

    @Test
    void learns() {
        TrainerFixture fixture = TrainerFixture.of(storage, new Path(root.toString()));
        Notes notes = new Notes();
        TrainingTask task = fixture.task("master", 12, 0.02, 1);
        TrainingResult result = trainer(fixture).train(task, TrainerFixture.slots(), notes);
        Network trained = result.network();
        assertThat(result.curve().losses()).isEqualTo(notes.losses);
        assertThat(notes.samples).isEqualTo(12 * 330);
        assertThat(notes.losses.get(11)).isLessThan(0.8 * notes.losses.get(0));
        assertThat(NetworkFiles.fingerprint(trained)).isNotEqualTo(NetworkFiles.fingerprint(task.initial()));
    }

    @Test
    void saysThatATrainingDiverged() {
        TrainerFixture fixture = TrainerFixture.of(storage, new Path(root.toString()));
        TrainingTask task = fixture.task("master diverging", new Mlp(List.of(8)), 2, 1e30, 1);
        assertThatThrownBy(() -> trainer(fixture).train(task, TrainerFixture.slots(), new Notes()))
                .isInstanceOf(TrainingDivergedException.class)
                .hasMessageMatching(
                        "training diverged in epoch 1 of 2: .* at a learning rate of about 1\\.0E30; lower"
                                + " learning-rate\\.rate, lengthen learning-rate\\.warm-up, or look for extreme feature values");
    }

    @Test
    void refusesWhatItCannotKeepOrRound() {
        TrainerFixture fixture = TrainerFixture.of(storage, new Path(root.toString()));
        TrainingTask task = fixture.task("master refusing", 1, 0.01, 1);
        Network start = task.initial();
        TrainingTask masked =
                TrainerFixture.from(start, Mask.ofZeros(start, List.of("logits/weight")), task.training(), task);
        assertThatThrownBy(() -> trainer(fixture).train(masked, TrainerFixture.slots(), new Notes()))
                .hasMessage(
                        "trainer dl4j cannot keep pruned weights at 0; set trainer = synchronous, or prune channels");
        Structure.Builder rounding = Structure.from(start.structure().input())
                .then("rounded", new Layer.FakeQuantize(0, 8))
                .then("flatten", new Layer.Flatten())
                .then("logits", new Layer.Dense(start.structure().classes(), Layer.Bias.PER_CHANNEL));
        TrainingTask rounded =
                TrainerFixture.from(Network.initialised(rounding.build(), 1), Mask.none(), task.training(), task);
        assertThatThrownBy(() -> trainer(fixture).train(rounded, TrainerFixture.slots(), new Notes()))
                .hasMessage(
                        "trainer dl4j trains DL4J's own layers only, but node 'rounded' is a fake-quantize, which DL4J's"
                                + " own layers cannot compute; set trainer = synchronous");
    }

    @Test
    void tellsWhatATaskThrew() {
        TrainerFixture fixture = TrainerFixture.of(storage, new Path(root.toString()));
        storage.delete(fixture.shards().path(fixture.dataset().shards().get(2).key()));
        assertThatThrownBy(() -> trainer(fixture)
                        .train(fixture.task("master shard", 1, 0.01, 1), TrainerFixture.slots(), new Notes()))
                .hasMessageMatching("shard \\S+\\.parquet does not exist; run again, it will be made again");
    }
}
