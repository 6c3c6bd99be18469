package io.retort.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.FlakyFileSystem;
import io.retort.distill.SynchronousTrainer.ChunkLength;
import io.retort.distill.Trainer.TrainingCurve;
import io.retort.distill.Trainer.TrainingListener;
import io.retort.distill.Trainer.TrainingResult;
import io.retort.distill.TrainerFixture.Notes;
import io.retort.distill.loss.CrossEntropyLoss;
import io.retort.distill.loss.LossSettings;
import io.retort.distill.loss.TeacherFreeLoss;
import io.retort.distill.schedule.Schedule;
import io.retort.engine.TrainableNetwork.Precision;
import io.retort.engine.onednn.OneDnnNetwork;
import io.retort.network.NetworkFiles;
import io.retort.network.zoo.PlainNetwork.Mlp;
import io.retort.spark.LocalSpark;
import io.retort.spark.TaskSlots;
import io.retort.storage.Storage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class SynchronousTrainerTest {
    /** Four micro-batches in a batch of 32. */
    private static final int MICRO_BATCH = 8;

    @TempDir
    private java.nio.file.Path root;

    private final Storage storage = Storage.of(new Configuration());
    private TrainerFixture fixture;

    @BeforeEach
    void writeShards() {
        fixture = TrainerFixture.of(storage, new Path(root.toString()));
    }

    private Trainer trainer(JavaSparkContext spark, Duration chunk) {
        return new SynchronousTrainer(
                spark,
                storage,
                fixture.checkpoints(),
                new SynchronousTrainer.Settings(Optional.empty(), Optional.of(MICRO_BATCH)),
                chunk);
    }

    /** One step a job, so that a training can be broken off anywhere. */
    private TrainingResult stepwise(TrainingTask task, int slots, TrainingListener listener) {
        return trainer(LocalSpark.context(), Duration.ZERO)
                .train(task, TaskSlots.fixed(slots).enter(1), listener);
    }

    private TrainingResult train(TrainingTask task, int slots, TrainingListener listener) {
        return trainer(LocalSpark.context(), ChunkLength.USUAL)
                .train(task, TaskSlots.fixed(slots).enter(1), listener);
    }

    private static String fingerprint(TrainingResult result) {
        return NetworkFiles.fingerprint(result.network());
    }

    private static JavaSparkContext local(String threads) {
        return new JavaSparkContext(new SparkConf()
                .setMaster("local[" + threads + "]")
                .setAppName("synchronous")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1"));
    }

    @Test
    void oneTwoFourAndEightThreadsGiveTheSameBytes() {
        LocalSpark.session().stop();
        List<TrainingResult> results = new ArrayList<>();
        for (int threads : new int[] {1, 2, 4, 8}) {
            try (JavaSparkContext spark = local(Integer.toString(threads))) {
                Notes notes = new Notes();
                results.add(trainer(spark, ChunkLength.USUAL)
                        .train(
                                fixture.task("threads " + threads, 3, 0.01, 1),
                                TaskSlots.of(spark).enter(1),
                                notes));
                assertThat(notes.ranks).containsExactly(Math.min(4, threads));
            }
        }
        assertThat(results).allSatisfy(result -> {
            assertThat(fingerprint(result)).isEqualTo(fingerprint(results.get(0)));
            assertThat(result.curve()).isEqualTo(results.get(0).curve());
        });
    }

    @Test
    void neitherRanksNorJobsChangeABit() {
        TrainingResult first = train(fixture.task("first", 2, 0.01, 1), 1, new Notes());
        TrainingResult shared = train(fixture.task("shared", 2, 0.01, 1), 2, new Notes());
        Notes notes = new Notes();
        TrainingResult stepwise = stepwise(fixture.task("stepwise", 2, 0.01, 1), 2, notes);
        assertThat(notes.ranks).containsExactly(2);
        assertThat(List.of(notes.spent.computing(), notes.spent.rows(), notes.spent.others()))
                .allSatisfy(nanos -> assertThat(nanos).isPositive());
        TrainingResult otherSeed = train(fixture.task("other seed", 2, 0.01, 2), 2, new Notes());
        assertThat(fingerprint(shared)).isEqualTo(fingerprint(first));
        assertThat(fingerprint(stepwise)).isEqualTo(fingerprint(first));
        assertThat(stepwise.curve()).isEqualTo(first.curve());
        assertThat(fingerprint(otherSeed)).isNotEqualTo(fingerprint(first));
    }

    @Test
    void oneDnnGivesTheSameBytesOnAnyRanksAndSaysThatItComputes() {
        Trainer trainer = new SynchronousTrainer(
                LocalSpark.context(),
                storage,
                fixture.checkpoints(),
                new SynchronousTrainer.Settings(
                        Optional.empty(), Optional.of(MICRO_BATCH), Engine.ONEDNN, Optional.empty()),
                ChunkLength.USUAL);
        List<String> engines = new ArrayList<>();
        Notes notes = new Notes() {
            @Override
            public void computedBy(String engine) {
                engines.add(engine);
            }
        };
        TrainingResult alone = trainer.train(
                fixture.task("onednn 1", 4, 0.01, 1), TaskSlots.fixed(1).enter(1), notes);
        TrainingResult shared = trainer.train(
                fixture.task("onednn 2", 4, 0.01, 1), TaskSlots.fixed(2).enter(1), notes);
        assertThat(fingerprint(shared)).isEqualTo(fingerprint(alone));
        assertThat(shared.curve()).isEqualTo(alone.curve());
        assertThat(engines).hasSize(2).allMatch(engine -> engine.startsWith("oneDNN 3."));

        if (OneDnnNetwork.obstacle(Precision.BFLOAT16).isEmpty()) {
            Trainer inBfloat16 = new SynchronousTrainer(
                    LocalSpark.context(),
                    storage,
                    fixture.checkpoints(),
                    new SynchronousTrainer.Settings(
                            Optional.empty(), Optional.of(MICRO_BATCH), Engine.AUTO, Optional.of(Precision.BFLOAT16)),
                    ChunkLength.USUAL);
            TrainingResult other = inBfloat16.train(
                    fixture.task("bfloat16", 4, 0.01, 1), TaskSlots.fixed(2).enter(1), notes);
            assertThat(engines.get(2)).endsWith(", bfloat16");
            assertThat(other.curve().losses().get(3))
                    .isCloseTo(alone.curve().losses().get(3), within(0.05));
        }

        TrainingResult byDl4j = new SynchronousTrainer(
                        LocalSpark.context(),
                        storage,
                        fixture.checkpoints(),
                        new SynchronousTrainer.Settings(
                                Optional.empty(), Optional.of(MICRO_BATCH), Engine.DL4J, Optional.empty()),
                        ChunkLength.USUAL)
                .train(fixture.task("dl4j", 4, 0.01, 1), TaskSlots.fixed(2).enter(1), new Notes());
        List<Double> losses = byDl4j.curve().losses();
        for (int epoch = 0; epoch < 4; epoch++) {
            assertThat(alone.curve().losses().get(epoch)).isCloseTo(losses.get(epoch), within(1e-3));
        }
        assertThat(losses.get(3)).isLessThan(losses.get(0));
        assertThat(fingerprint(byDl4j)).isNotEqualTo(fingerprint(alone));
    }

    /**
     * 330 rows in batches of 32 are 11 steps, and 70 rows are 3: of 22 steps the last is the first of an eighth epoch.
     */
    @Test
    void fewRowsAreTrainedOnAsLongAsAll() {
        Notes notes = new Notes();
        TrainingTask task = fixture.onLabelled(70, fixture.task("few", 2, 0.01, 1));
        TrainingResult few = train(task, 2, notes);
        assertThat(few.curve().epochs()).isEqualTo(8);
        assertThat(task.passes()).isEqualTo(8); // as progress and metrics.jsonl say
        assertThat(notes.losses).hasSize(8);
        assertThat(notes.samples).isBetween(7 * 70 + 20L, 7 * 70 + 24L);
        TrainingResult stepwise =
                stepwise(fixture.onLabelled(70, fixture.task("few stepwise", 2, 0.01, 1)), 1, new Notes());
        assertThat(fingerprint(stepwise)).isEqualTo(fingerprint(few));
        assertThat(stepwise.curve()).isEqualTo(few.curve());
        assertThat(fingerprint(train(fixture.task("all", 2, 0.01, 1), 2, new Notes())))
                .isNotEqualTo(fingerprint(few));
    }

    /** Of 11 batches of 30 rows some have a single label or none, and their parts more so. */
    @Test
    void rowsWithoutLabelsChangeNoBitWithTheRanks() {
        TrainingResult first = train(fixture.partlyLabelled(12, fixture.task("part", 2, 0.01, 1)), 1, new Notes());
        TrainingResult stepwise =
                stepwise(fixture.partlyLabelled(12, fixture.task("part stepwise", 2, 0.01, 1)), 2, new Notes());
        assertThat(fingerprint(stepwise)).isEqualTo(fingerprint(first));
        assertThat(stepwise.curve()).isEqualTo(first.curve());
        TrainingResult all = train(fixture.task("labelled", 2, 0.01, 1), 1, new Notes());
        assertThat(first.curve().losses().get(0))
                .as("the mean counts all rows")
                .isLessThan(all.curve().losses().get(0) * 12 / 330 * 1.5);
    }

    @Test
    void learns() {
        Notes notes = new Notes();
        train(fixture.task("learns", 8, 0.02, 1), 2, notes);
        assertThat(notes.samples).isEqualTo(8 * 330); // every sample once per epoch
        assertThat(notes.heard).hasSize(8);
        assertThat(notes.losses.get(7)).isLessThan(0.7 * notes.losses.get(0));
        assertThat(storage.list(fixture.checkpoints())).isEmpty();
    }

    /**
     * Nothing moves at this learning rate, so each epoch's mean loss is that of all 330 rows at the first parameters.
     */
    @Test
    void eachRowWeighsTheSameInTheCurve() {
        TrainingTask task = fixture.task("mean", new Mlp(List.of(8)), 2, 1e-30, 1);
        double byHand = AveragingTrainerTest.meanLossBeforeTheFirstStep(task);
        TrainingCurve curve = train(task, 2, new Notes()).curve();
        assertThat(curve.losses())
                .hasSize(2)
                .allSatisfy(loss -> assertThat(loss).isCloseTo(byHand, within(1e-6)));
        assertThat(curve.learningRates()).isEqualTo(List.of(1e-30, 1e-30));
    }

    @Test
    void goesOnAfterTheLastWholeEpochAndEndsWithTheSameBytes() {
        TrainingResult undisturbed = train(fixture.task("undisturbed", 4, 0.01, 1), 2, new Notes());
        TrainingTask task = fixture.task("disturbed", 4, 0.01, 1);
        Notes first = new Notes() {
            @Override
            public void epochFinished(int epoch, double loss, double learningRate) {
                super.epochFinished(epoch, loss, learningRate);
                if (epoch == 1) {
                    throw new IllegalStateException("killed after an epoch");
                }
            }
        };
        assertThatThrownBy(() -> stepwise(task, 2, first)).hasMessage("killed after an epoch");
        Notes second = new Notes() {
            @Override
            public void roundFinished(int epoch, long trained, double loss) {
                super.roundFinished(epoch, trained, loss);
                if (epoch == 3 && samples > 200) {
                    throw new IllegalStateException("killed in the midst of an epoch");
                }
            }
        };
        assertThatThrownBy(() -> stepwise(task, 1, second)).hasMessage("killed in the midst of an epoch");
        Notes third = new Notes();
        TrainingResult resumed = stepwise(task, 2, third);
        assertThat(first.heard).containsExactly("epoch 0", "epoch 1");
        assertThat(second.heard).containsExactly("resumed after 2", "epoch 2");
        assertThat(third.heard).containsExactly("resumed after 3", "epoch 3");
        assertThat(fingerprint(resumed)).isEqualTo(fingerprint(undisturbed));
        assertThat(resumed.curve()).isEqualTo(undisturbed.curve());
    }

    @Test
    void lossesThatMoveGoOnWhereTheyWere() {
        List<LossSettings> moving = List.of(
                new CrossEntropyLoss.Settings(Schedule.of(1), 0, List.of()),
                new TeacherFreeLoss.Settings(new Schedule.Linear(2, 0), 0.9, new Schedule.Cosine(8, 1)));
        TrainingResult undisturbed =
                train(TrainerFixture.with(moving, fixture.task("moving", 2, 0.01, 1)), 2, new Notes());
        TrainingTask task = TrainerFixture.with(moving, fixture.task("moving, killed", 2, 0.01, 1));
        Notes killed = new Notes() {
            @Override
            public void epochFinished(int epoch, double loss, double learningRate) {
                throw new IllegalStateException("killed after an epoch");
            }
        };
        assertThatThrownBy(() -> stepwise(task, 2, killed)).hasMessage("killed after an epoch");
        assertThat(fingerprint(stepwise(task, 2, new Notes()))).isEqualTo(fingerprint(undisturbed));
    }

    @Test
    void aDamagedCheckpointCostsTimeAndNothingElse() {
        TrainingResult undisturbed = train(fixture.task("whole", 1, 0.01, 1), 1, new Notes());
        storage.write(new Path(fixture.checkpoints(), "damaged.safetensors"), new byte[] {1, 2, 3});
        Notes notes = new Notes();
        TrainingResult trained = train(fixture.task("damaged", 1, 0.01, 1), 1, notes);
        assertThat(notes.heard).containsExactly("epoch 0");
        assertThat(fingerprint(trained)).isEqualTo(fingerprint(undisturbed));
    }

    @Test
    void fewerRowsThanABatchAreOneStep() {
        TrainerFixture few = TrainerFixture.of(storage, new Path(root.toString()), 1, 5);
        Notes notes = new Notes();
        train(few.task("few", new Mlp(List.of(4)), 3, 0.01, 1), 2, notes);
        assertThat(notes.samples).isEqualTo(15);
    }

    @Test
    void sayThatALossDiverged() {
        assertThatThrownBy(() -> train(fixture.task("diverging", new Mlp(List.of(8)), 2, 1e30, 1), 2, new Notes()))
                .isInstanceOf(TrainingDivergedException.class)
                .hasMessage(
                        "training diverged in epoch 1 of 2: the loss became NaN at a learning rate of about 1.0E30; lower"
                                + " learning-rate.rate, lengthen learning-rate.warm-up, or look for extreme feature values");
    }

    /**
     * The two ranks read shards at the same time; the first that comes finds the disk away, twice, and is the one that
     * is reported in the end.
     */
    @Test
    void stepsThatFailAreMadeAgainWithTheSameBytes() {
        Storage flaky = Storage.of(FlakyFileSystem.configuration());
        TrainerFixture onFlaky = TrainerFixture.of(flaky, FlakyFileSystem.path(root));
        Trainer trainer = new SynchronousTrainer(
                LocalSpark.context(),
                flaky,
                onFlaky.checkpoints(),
                new SynchronousTrainer.Settings(Optional.empty(), Optional.of(MICRO_BATCH)),
                Duration.ZERO);
        try {
            TrainingResult undisturbed = trainer.train(
                    onFlaky.task("calm", 2, 0.01, 1), TaskSlots.fixed(2).enter(1), new Notes());
            Notes notes = new Notes() {
                @Override
                public void epochFinished(int epoch, double loss, double learningRate) {
                    FlakyFileSystem.failNext(epoch == 0 ? 2 : 0);
                }
            };
            TrainingResult retried = trainer.train(
                    onFlaky.task("flaky", 2, 0.01, 1), TaskSlots.fixed(2).enter(1), notes);
            assertThat(FlakyFileSystem.left()).isZero();
            assertThat(notes.ranks).containsExactly(2);
            assertThat(fingerprint(retried)).isEqualTo(fingerprint(undisturbed));

            FlakyFileSystem.failNext(1000);
            assertThatThrownBy(() -> trainer.train(
                            onFlaky.task("gone", 1, 0.01, 1), TaskSlots.fixed(2).enter(1), new Notes()))
                    .hasMessageMatching(
                            "shard flaky:\\S+\\.parquet cannot be read: .*the disk is away; run again, and if that does not"
                                    + " help, delete that file: it will be made again");
        } finally {
            FlakyFileSystem.failNext(0);
        }
    }

    @Test
    void refusesSettingsThatTrainNothing() {
        assertThatThrownBy(() -> new SynchronousTrainer.Settings(Optional.of(0), Optional.empty()))
                .hasMessage("replicas must be at least 1, was 0");
        assertThatThrownBy(() -> new SynchronousTrainer.Settings(Optional.empty(), Optional.of(0)))
                .hasMessage("micro-batch must be at least 1, was 0");
    }
}
