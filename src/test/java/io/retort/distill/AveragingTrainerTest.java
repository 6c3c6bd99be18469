package io.retort.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.FlakyFileSystem;
import io.retort.data.View;
import io.retort.data.shard.Dataset;
import io.retort.distill.EpochPlan.StepSizes;
import io.retort.distill.Trainer.TrainingCurve;
import io.retort.distill.Trainer.TrainingResult;
import io.retort.distill.TrainerFixture.Notes;
import io.retort.distill.dl4j.Dl4jTrainer;
import io.retort.distill.loss.CrossEntropyLoss;
import io.retort.distill.loss.LossSettings;
import io.retort.distill.loss.TeacherFreeLoss;
import io.retort.distill.schedule.Schedule;
import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork.TrainingState;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.Tensor;
import io.retort.network.zoo.PlainNetwork.Mlp;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AveragingTrainerTest {
    private static final String CONVOLUTION = "block1.conv/weight";

    @TempDir
    private java.nio.file.Path root;

    private final Storage storage = Storage.of(new Configuration());
    private TrainerFixture fixture;

    @BeforeEach
    void writeShards() {
        fixture = TrainerFixture.of(storage, new Path(root.toString()));
    }

    private Trainer trainer(int replicas) {
        return new AveragingTrainer.Settings(Optional.of(replicas), 2, 8)
                .create(LocalSpark.context(), storage, fixture.checkpoints(), replicas);
    }

    private static String fingerprint(Network network) {
        return NetworkFiles.fingerprint(network);
    }

    @Test
    void theSameSeedGivesTheSameBytesAndAnotherOneOthers() {
        Network first = trainer(2)
                .train(fixture.task("same", 2, 0.01, 1), TrainerFixture.slots(), new Notes())
                .network();
        Network again = trainer(2)
                .train(fixture.task("same", 2, 0.01, 1), TrainerFixture.slots(), new Notes())
                .network();
        Network underAnotherName = trainer(2)
                .train(fixture.task("same-2", 2, 0.01, 1), TrainerFixture.slots(), new Notes())
                .network();
        Network otherSeed = trainer(2)
                .train(fixture.task("other", 2, 0.01, 2), TrainerFixture.slots(), new Notes())
                .network();
        assertThat(fingerprint(again)).isEqualTo(fingerprint(first));
        assertThat(fingerprint(underAnotherName)).isEqualTo(fingerprint(first));
        assertThat(fingerprint(otherSeed)).isNotEqualTo(fingerprint(first));
    }

    @Test
    void learns() {
        Notes notes = new Notes();
        trainer(2).train(fixture.task("learns", 8, 0.02, 1), TrainerFixture.slots(), notes);
        assertThat(notes.samples).isEqualTo(8 * 330); // every sample once per epoch, the partial batches too
        assertThat(notes.losses.get(0)).isGreaterThan(0.6);
        assertThat(notes.losses.get(7)).isLessThan(0.7 * notes.losses.get(0));
        assertThat(storage.list(fixture.checkpoints())).isEmpty();
    }

    /**
     * 330 rows in batches of 32 are 11 steps, and 70 rows are 3: of 22 steps the last is the first of an eighth epoch.
     */
    @Test
    void fewRowsAreTrainedOnAsLongAsAll() {
        Notes notes = new Notes();
        TrainingCurve curve = trainer(2)
                .train(fixture.onLabelled(70, fixture.task("few", 2, 0.01, 1)), TrainerFixture.slots(), notes)
                .curve();
        assertThat(curve.epochs()).isEqualTo(8);
        assertThat(notes.samples).isBetween(7 * 70 + 20L, 7 * 70 + 26L);
    }

    /**
     * Nothing moves at this learning rate, so each epoch's mean loss is that of all 330 rows at the first parameters,
     * in batches of 30 rows.
     */
    @Test
    void eachRowWeighsTheSameInTheCurve() {
        TrainingTask task = fixture.task("mean", new Mlp(List.of(8)), 2, 1e-30, 1);
        double byHand = meanLossBeforeTheFirstStep(task);
        for (int replicas = 1; replicas < 4; replicas++) {
            TrainingCurve curve = trainer(replicas)
                    .train(task, TrainerFixture.slots(), new Notes())
                    .curve();
            assertThat(curve.losses())
                    .hasSize(2)
                    .allSatisfy(loss -> assertThat(loss).isCloseTo(byHand, within(1e-6)));
            double rate = 1e-30 * Math.sqrt(replicas);
            assertThat(curve.learningRates()).isEqualTo(List.of(rate, rate));
        }
    }

    /** Cross-entropy, row by row. */
    static double meanLossBeforeTheFirstStep(TrainingTask task) {
        RoundData share = RoundData.read(
                task, View.plain(), Optional.empty(), task.dataset().shards());
        int[] order = share.inOrder();
        Batch all = share.batch(order);
        int classes = task.structure().classes();
        float[] logits = ReplicaPool.build(task, 1).logits(all.features(), order.length);
        double sum = 0;
        for (int row = 0; row < order.length; row++) {
            double partition = 0;
            for (int c = 0; c < classes; c++) {
                partition += Math.exp(logits[row * classes + c]);
            }
            sum += Math.log(partition) - logits[row * classes + (int) all.targets()[row]];
        }
        return sum / order.length;
    }

    @Test
    void goesOnAfterTheLastWholeEpochAndEndsWithTheSameBytes() {
        TrainingResult undisturbed =
                trainer(2).train(fixture.task("undisturbed", 4, 0.01, 1), TrainerFixture.slots(), new Notes());

        Notes first = new Notes() {
            @Override
            public void epochFinished(int epoch, double loss, double learningRate) {
                super.epochFinished(epoch, loss, learningRate);
                if (epoch == 1) {
                    throw new IllegalStateException("killed after an epoch");
                }
            }
        };
        TrainingTask task = fixture.task("disturbed", 4, 0.01, 1);
        assertThatThrownBy(() -> trainer(2).train(task, TrainerFixture.slots(), first))
                .hasMessage("killed after an epoch");
        Notes second = new Notes() {
            @Override
            public void roundFinished(int epoch, long trained, double loss) {
                if (epoch == 3) {
                    throw new IllegalStateException("killed in the midst of an epoch");
                }
            }
        };
        assertThatThrownBy(() -> trainer(2).train(task, TrainerFixture.slots(), second))
                .hasMessage("killed in the midst of an epoch");
        Notes third = new Notes();
        TrainingResult resumed = trainer(2).train(task, TrainerFixture.slots(), third);

        assertThat(first.heard).containsExactly("epoch 0", "epoch 1");
        assertThat(second.heard).containsExactly("resumed after 2", "epoch 2");
        assertThat(third.heard).containsExactly("resumed after 3", "epoch 3");
        assertThat(fingerprint(resumed.network())).isEqualTo(fingerprint(undisturbed.network()));
        assertThat(resumed.curve()).isEqualTo(undisturbed.curve());
        assertThat(resumed.curve().losses().subList(3, 4)).isEqualTo(third.losses);
    }

    @Test
    void lossesThatMoveGoOnWhereTheyWere() {
        List<LossSettings> moving = List.of(
                new CrossEntropyLoss.Settings(Schedule.of(1), 0, List.of()),
                new TeacherFreeLoss.Settings(new Schedule.Linear(2, 0), 0.9, new Schedule.Cosine(8, 1)));
        List<LossSettings> still =
                List.of(new CrossEntropyLoss.Settings(1, 0), new TeacherFreeLoss.Settings(2, 0.9, 8));
        Network undisturbed = trainer(2)
                .train(
                        TrainerFixture.with(moving, fixture.task("moving", 2, 0.01, 1)),
                        TrainerFixture.slots(),
                        new Notes())
                .network();
        Network unmoved = trainer(2)
                .train(
                        TrainerFixture.with(still, fixture.task("still", 2, 0.01, 1)),
                        TrainerFixture.slots(),
                        new Notes())
                .network();
        TrainingTask task = TrainerFixture.with(moving, fixture.task("moving, killed", 2, 0.01, 1));
        Notes killed = new Notes() {
            @Override
            public void epochFinished(int epoch, double loss, double learningRate) {
                throw new IllegalStateException("killed after an epoch");
            }
        };
        assertThatThrownBy(() -> trainer(2).train(task, TrainerFixture.slots(), killed))
                .hasMessage("killed after an epoch");
        Notes notes = new Notes();
        Network resumed = trainer(2).train(task, TrainerFixture.slots(), notes).network();
        assertThat(notes.heard).containsExactly("resumed after 1", "epoch 1");
        assertThat(fingerprint(resumed)).isEqualTo(fingerprint(undisturbed));
        assertThat(fingerprint(unmoved)).isNotEqualTo(fingerprint(undisturbed));
    }

    /** Two replicas are averaged after two batches; weights decay, and so do the scales of BatchNorm. */
    @ParameterizedTest
    @MethodSource("io.retort.engine.dl4j.MaskedTrainingTest#optimizers")
    void prunedWeightsStayAt0WhereReplicasAreAveraged(Optimizer optimizer) {
        String name = Optimizer.CATALOGUE.kindOf(optimizer).name();
        TrainingTask task = fixture.task("before masks, " + name, 2, 0.02, 1);
        Network dense =
                trainer(2).train(task, TrainerFixture.slots(), new Notes()).network();
        Network sparse = everyThirdAt0(dense, CONVOLUTION);
        Mask mask = Mask.ofZeros(sparse, List.of(CONVOLUTION));
        TrainingSettings given = task.training();
        TrainingSettings training =
                new TrainingSettings(2, given.batchSize(), optimizer, given.learningRate(), 0.05, 1e-3, given.views());
        TrainingTask masked = fixture.task("masked, " + name, 2, 0.02, 1);
        Network tuned = trainer(2)
                .train(TrainerFixture.from(sparse, mask, training, masked), TrainerFixture.slots(), new Notes())
                .network();
        assertThat(Mask.ofZeros(tuned, List.of(CONVOLUTION))).isEqualTo(mask);
        assertThat(mask.count()).isEqualTo(24);
        assertThat(tuned.parameter(CONVOLUTION)).as("the others learn").isNotEqualTo(sparse.parameter(CONVOLUTION));
    }

    private static Network everyThirdAt0(Network network, String parameter) {
        float[] values = network.parameter(parameter).values().clone();
        for (int i = 0; i < values.length; i += 3) {
            values[i] = 0;
        }
        Map<String, Tensor> parameters = new LinkedHashMap<>(network.parameters());
        parameters.put(parameter, new Tensor(network.parameter(parameter).sizes(), values));
        return new Network(network.structure(), parameters);
    }

    @Test
    void aDamagedCheckpointCostsTimeAndNothingElse() {
        Network undisturbed = trainer(1)
                .train(fixture.task("whole", 1, 0.01, 1), TrainerFixture.slots(), new Notes())
                .network();
        storage.write(new Path(fixture.checkpoints(), "damaged.safetensors"), new byte[] {1, 2, 3});
        Notes notes = new Notes();
        Network trained = trainer(1)
                .train(fixture.task("damaged", 1, 0.01, 1), TrainerFixture.slots(), notes)
                .network();
        assertThat(notes.heard).containsExactly("epoch 0");
        assertThat(fingerprint(trained)).isEqualTo(fingerprint(undisturbed));
    }

    /** Batches of 32 in parts of 8 rows at least: up to 4 replicas share one batch, 8 make it 64 rows. */
    @Test
    void replicasShareABatchUntilTheirPartsAreSmall() {
        Dataset dataset = fixture.dataset();
        assertThat(trainer(1).stepsPerEpoch(dataset, 32)).isEqualTo(11);
        assertThat(trainer(4).stepsPerEpoch(dataset, 32)).isEqualTo(11);
        assertThat(trainer(8).stepsPerEpoch(dataset, 32)).isEqualTo(6);
    }

    @Test
    void theRateGrowsWithReplicasAndBatch() {
        TrainingSettings adam = fixture.task("rate", 1, 0.01, 1).training();
        TrainingSettings nesterov =
                new TrainingSettings(1, 32, new Optimizer.Nesterov(0.9), adam.learningRate(), 0, 0, adam.views());
        AveragingTrainer.Settings settings = new AveragingTrainer.Settings(Optional.empty(), 2, 8);
        assertThat(settings.rateFactor(1, adam)).isEqualTo(1);
        assertThat(settings.rateFactor(4, adam)).isEqualTo(2);
        assertThat(settings.rateFactor(16, adam)).isEqualTo(8); // root of 16, times the root of 128 / 32
        assertThat(settings.rateFactor(4, nesterov)).isEqualTo(1);
        assertThat(settings.rateFactor(16, nesterov)).isEqualTo(2);
        assertThat(settings.rateFactor(32, adam)).isEqualTo(8); // not 16
    }

    @Test
    void anEpochHasEightAveragingsAtLeast() {
        AveragingTrainer.Settings settings = new AveragingTrainer.Settings(Optional.empty(), 16, 8);
        assertThat(settings.interval(1000)).isEqualTo(16);
        assertThat(settings.interval(40)).isEqualTo(5);
        assertThat(settings.interval(3)).isEqualTo(1);
    }

    @Test
    void warnsWhereReplicasAreKnownToCostAccuracy() {
        TrainingSettings training = fixture.task("warned", 3, 0.01, 1).training();
        assertThat(trainer(4).warning(fixture.dataset(), training)).isEmpty();
        assertThat(trainer(8).warning(fixture.dataset(), training))
                .contains(
                        "8 replicas that train on their own and are averaged 18 times cost accuracy, up to 3 points with 8"
                                + " replicas, see docs/SCALING.md; trainer = synchronous costs none");
    }

    @Test
    void moreReplicasThanShardsAreLegal() {
        Notes notes = new Notes();
        trainer(7).train(fixture.task("many", 2, 0.01, 1), TrainerFixture.slots(), notes);
        assertThat(notes.samples).isEqualTo(2 * 330);
    }

    @Test
    void manyReplicasAreAveragedInGroups() {
        int replicas = AveragingTrainer.FAN_IN + 3;
        TrainerFixture many = TrainerFixture.of(storage, new Path(root.toString()), replicas, 10);
        Notes notes = new Notes();
        TrainingTask task = many.task("groups", new Mlp(List.of(4)), 2, 0.01, 1);
        Network first =
                trainer(replicas).train(task, TrainerFixture.slots(), notes).network();
        assertThat(notes.samples).isEqualTo(2L * 10 * replicas);
        assertThat(notes.losses.get(1)).isLessThan(notes.losses.get(0));
        assertThat(fingerprint(trainer(replicas)
                        .train(task, TrainerFixture.slots(), new Notes())
                        .network()))
                .isEqualTo(fingerprint(first));
    }

    @Test
    void sayThatALossDiverged() {
        assertThatThrownBy(() -> trainer(2)
                        .train(
                                fixture.task("diverging", new Mlp(List.of(8)), 2, 1e30, 1),
                                TrainerFixture.slots(),
                                new Notes()))
                .isInstanceOf(TrainingDivergedException.class)
                .hasMessage(
                        "training diverged in epoch 1 of 2: the loss became NaN at a learning rate of about 1.4142135623730953E30; lower"
                                + " learning-rate.rate, lengthen learning-rate.warm-up, or look for extreme feature values");
    }

    @Test
    void sayThatTheLastStepDiverged() {
        TrainingTask task = fixture.task("last step", 1, 0.5, 1);
        TrainingState state = new TrainingState(new float[] {1, Float.NaN}, new float[0], 3);
        assertThatThrownBy(() -> AveragingTrainer.requireFinite(task, 10, 0, state))
                .isInstanceOf(TrainingDivergedException.class)
                .hasMessage(
                        "training diverged in epoch 1 of 1: a parameter became NaN at a learning rate of about 0.5; lower"
                                + " learning-rate.rate, lengthen learning-rate.warm-up, or look for extreme feature values");
    }

    @Test
    void aRoundThatTrainedOnFewerSamplesFails() {
        TrainingTask task = fixture.task("fewer", 3, 0.01, 1);
        List<Dataset.Part> shards = List.of(
                fixture.dataset().parts().get(0), fixture.dataset().parts().get(3));
        EpochPlan rows = EpochPlan.of(shards, 1, 2, StepSizes.of(130, 2, 130));
        EpochPlan.Round round = rows.rounds(2, 1, 1).get(0);
        TrainingState state = new TrainingState(new float[] {1}, new float[0], 1);
        List<RoundResult> results = List.of(new RoundResult(0, 100, 1, 1, state), new RoundResult(1, 29, 1, 1, state));
        assertThatThrownBy(() -> AveragingTrainer.requireTrained(task, 10, state, 2, round, results))
                .hasMessage("a round of epoch 3 trained on 129 samples instead of the 130 planned");
    }

    @Test
    void aTaskThatFailsOnceIsRetriedWithTheSameBytes() {
        LocalSpark.session().stop();
        SparkConf twoAttempts = new SparkConf()
                .setMaster("local[2,2]")
                .setAppName("retries")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1");
        try (JavaSparkContext spark = new JavaSparkContext(twoAttempts)) {
            Storage flaky = Storage.of(FlakyFileSystem.configuration());
            TrainerFixture onFlaky = TrainerFixture.of(flaky, FlakyFileSystem.path(root));
            Trainer trainer =
                    new AveragingTrainer.Settings(Optional.of(2), 2, 8).create(spark, flaky, onFlaky.checkpoints(), 2);
            Network undisturbed = trainer.train(onFlaky.task("calm", 2, 0.01, 1), TrainerFixture.slots(), new Notes())
                    .network();
            Notes notes = new Notes() {
                @Override
                public void epochFinished(int epoch, double loss, double learningRate) {
                    FlakyFileSystem.failNext(epoch == 0 ? 2 : 0);
                }
            };
            // A reading and the look whether the file can be read at all: the task fails, and is tried again.
            FlakyFileSystem.failNext(2);
            Network retried = trainer.train(onFlaky.task("flaky", 2, 0.01, 1), TrainerFixture.slots(), notes)
                    .network();
            assertThat(FlakyFileSystem.left()).isZero();
            assertThat(fingerprint(retried)).isEqualTo(fingerprint(undisturbed));

            FlakyFileSystem.failNext(1000);
            assertThatThrownBy(
                            () -> trainer.train(onFlaky.task("gone", 1, 0.01, 1), TrainerFixture.slots(), new Notes()))
                    .hasMessageMatching(
                            "shard flaky:\\S+\\.parquet cannot be read: .*the disk is away; run again, and if that does not"
                                    + " help, delete that file: it will be made again");
        } finally {
            FlakyFileSystem.failNext(0);
        }
    }

    @Test
    void refusesSettingsThatTrainNothing() {
        assertThatThrownBy(() -> new AveragingTrainer.Settings(Optional.of(0), 1, 1))
                .hasMessage("replicas must be at least 1, was 0");
        assertThatThrownBy(() -> new AveragingTrainer.Settings(Optional.empty(), 0, 1))
                .hasMessage("interval must be at least 1, was 0");
        assertThatThrownBy(() -> new AveragingTrainer.Settings(Optional.empty(), 1, 0))
                .hasMessage("smallest-batch must be at least 1, was 0");
        assertThatThrownBy(() -> new Dl4jTrainer.Settings(Optional.empty(), 0))
                .hasMessage("averaging-frequency must be at least 1, was 0");
    }
}
