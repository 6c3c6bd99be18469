package io.retort.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.Pictures;
import io.retort.data.View;
import io.retort.distill.TrainerFixture.Notes;
import io.retort.distill.dl4j.Dl4jTrainer;
import io.retort.distill.loss.AttentionLoss;
import io.retort.distill.loss.CrossEntropyLoss;
import io.retort.distill.loss.FeatureLoss.Settings.TapPair;
import io.retort.distill.loss.HintLoss;
import io.retort.distill.loss.LossSettings;
import io.retort.distill.loss.RelationDistanceLoss;
import io.retort.distill.loss.SimilarityPreservingLoss;
import io.retort.distill.loss.TappedLoss;
import io.retort.engine.Tap;
import io.retort.engine.onnx.write.ExportedNetwork;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.label.Float16Codec;
import io.retort.label.LabelStore;
import io.retort.label.Labeller.LabelRequest;
import io.retort.label.Labeller.LabellingResult;
import io.retort.label.Labeller.LabellingSettings;
import io.retort.label.ModelLabeller;
import io.retort.label.SoftLabels;
import io.retort.label.TeacherModel;
import io.retort.label.TeacherModel.NetworkTeacher;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.OutputScaling;
import io.retort.network.Structure;
import io.retort.network.zoo.ConvNet;
import io.retort.predict.ModelStore;
import io.retort.predict.RowBatch;
import io.retort.spark.LocalSpark;
import io.retort.storage.Digest;
import io.retort.storage.Storage;
import io.retort.storage.StoreReferences;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A student that learns from a teacher's taps, from the labelling to the trained network. */
class SparkTapTrainingTest {
    private static final LossSettings LABELS = new CrossEntropyLoss.Settings(1, 0);
    private static final List<TapPair> LAST = List.of(new TapPair("block2.relu", "block1.relu"));
    private static final List<LossSettings> TAPS = List.of(
            new AttentionLoss.Settings(1, LAST),
            new HintLoss.Settings(1, LAST),
            new RelationDistanceLoss.Settings(1, List.of(new TapPair("average", "average"))),
            new SimilarityPreservingLoss.Settings(1, LAST));

    @TempDir
    private Path root;

    private final Storage storage = Storage.of(new Configuration());
    private org.apache.hadoop.fs.Path hadoopRoot;
    private TrainerFixture fixture;
    private Network teacher;
    private TeacherModel model;

    @BeforeEach
    void writeShards() {
        hadoopRoot = new org.apache.hadoop.fs.Path(root.toString());
        fixture = TrainerFixture.of(storage, hadoopRoot);
        Structure structure = new ConvNet(List.of("cbr8", "cbr12", "max", "cbr12"))
                .build(Pictures.SCHEMA.shape(), 3)
                .withScaling(fixture.dataset().standardisation());
        teacher = Network.initialised(structure, 5);
        model = new NetworkTeacher(
                teacher, new ExportedNetwork(OnnxModel.bytes(teacher, Pictures.SCHEMA.classNames(), Map.of())));
        labelTaps(List.of());
    }

    private LabellingResult labelTaps(List<Tap> taps) {
        return new ModelLabeller(
                        LocalSpark.context(),
                        new ModelStore(storage, hadoopRoot, StoreReferences.UNANNOUNCED),
                        new LabellingSettings(new Float16Codec.Settings(), 32),
                        model)
                .label(fixture.dataset(), List.of(new LabelRequest(View.plain(), taps)), samples -> {});
    }

    private SoftLabels softLabels() {
        return new SoftLabels(
                new LabelStore(storage, hadoopRoot),
                model.logits().fingerprint(),
                new Float16Codec(),
                3,
                teacher.structure().taps(),
                List.of());
    }

    private TrainingTask task(String id, int epochs, List<LossSettings> losses) {
        TrainingTask plain = fixture.task(id, epochs, 0.01, 1);
        return new TrainingTask(
                id,
                plain.structure(),
                plain.training(),
                losses,
                plain.dataset(),
                plain.budgetRows(),
                plain.shards(),
                List.of(softLabels()),
                List.of(),
                Mask.none(),
                OutputScaling.NONE,
                1,
                1,
                Compute.by(Engine.DL4J));
    }

    private List<Tap> tapsOf(List<LossSettings> losses) {
        return task("taps", 1, losses).tappedLosses().stream()
                .map(TappedLoss::teacher)
                .distinct()
                .toList();
    }

    private Trainer trainer() {
        return new AveragingTrainer.Settings(Optional.of(2), 32, 8)
                .create(LocalSpark.context(), storage, fixture.checkpoints(), 2);
    }

    @Test
    void storesEachTapBesideTheLogitsAndOnce() throws IOException {
        Map<String, String> before = files();
        List<Tap> taps = tapsOf(with(TAPS));
        assertThat(taps).hasSize(3); // hint and similarity read the same
        LabellingResult first = labelTaps(taps.subList(0, 1));
        assertThat(first.labelled()).isEqualTo(4);
        assertThat(first.samples()).isEqualTo(330);
        LabellingResult second = labelTaps(taps);
        assertThat(second.labelled()).isEqualTo(4);
        assertThat(labelTaps(taps).labelled()).isZero();
        Map<String, String> after = files();
        assertThat(after).hasSize(before.size() + 4 * 3).containsAllEntriesOf(before);
    }

    @Test
    void onePassForLogitsAndTapsStoresTheBytesOfSeparatePasses() throws IOException {
        List<Tap> taps = tapsOf(with(TAPS));
        taps.forEach(tap -> labelTaps(List.of(tap)));
        Map<String, String> separate = files();
        storage.delete(new org.apache.hadoop.fs.Path(hadoopRoot, "store/labels"));
        assertThat(labelTaps(taps).labelled()).isEqualTo(4);
        assertThat(files()).isEqualTo(separate);
    }

    @Test
    void aTapIsReadAsTheTeacherGivesIt() {
        List<Tap> taps = tapsOf(with(TAPS));
        labelTaps(taps);
        var shard = fixture.dataset().shards().get(3);
        var samples = fixture.shards().read(Pictures.SCHEMA, shard);
        for (Tap tap : taps) {
            float[] said = softLabels().read(tap, View.plain(), shard, samples.ids());
            assertThat(said).hasSize(30 * tap.shape().elements());
            float[] features = new float[64];
            samples.copyFeatures(29, features, 0);
            try (var open = model.taps(List.of(tap)).open(1)) {
                float[] expected = open.predict(RowBatch.of(features, 1));
                for (int i = 0; i < expected.length; i++) {
                    assertThat(said[29 * expected.length + i])
                            .as("%s at %d", tap, i)
                            .isCloseTo(expected[i], within(Math.max(1e-6f, Math.abs(expected[i]) / 1024)));
                }
            }
        }
    }

    @Test
    void everyTapLossChangesTheStudentAndIsGoneFromIt() {
        labelTaps(tapsOf(with(TAPS)));
        Network plain = trainer()
                .train(task("plain", 1, List.of(LABELS)), TrainerFixture.slots(), new Notes())
                .network();
        for (LossSettings loss : TAPS) {
            String id = "taught " + TAPS.indexOf(loss); // the pool of replicas knows trainings by their ids
            Network taught = trainer()
                    .train(task(id, 1, List.of(LABELS, loss)), TrainerFixture.slots(), new Notes())
                    .network();
            assertThat(taught.structure()).isEqualTo(plain.structure()); // no connector
            assertThat(NetworkFiles.fingerprint(taught)).as("%s", loss).isNotEqualTo(NetworkFiles.fingerprint(plain));
        }
    }

    @Test
    void theStudentComesNearerToTheTeachersTaps() {
        List<LossSettings> attention = List.of(LABELS, new AttentionLoss.Settings(20, LAST));
        labelTaps(tapsOf(attention));
        Notes notes = new Notes();
        trainer().train(task("near", 6, attention), TrainerFixture.slots(), notes);
        assertThat(notes.losses.get(5)).isLessThan(0.7 * notes.losses.get(0));
    }

    @Test
    void goesOnAfterTheLastWholeEpochAndEndsWithTheSameBytes() {
        labelTaps(tapsOf(with(TAPS)));
        Network undisturbed = trainer()
                .train(task("undisturbed", 3, with(TAPS)), TrainerFixture.slots(), new Notes())
                .network();
        Notes killed = new Notes() {
            @Override
            public void epochFinished(int epoch, double loss, double learningRate) {
                throw new IllegalStateException("killed after an epoch");
            }
        };
        TrainingTask task = task("disturbed", 3, with(TAPS));
        assertThatThrownBy(() -> trainer().train(task, TrainerFixture.slots(), killed))
                .hasMessage("killed after an epoch");
        Notes notes = new Notes();
        Network resumed = trainer().train(task, TrainerFixture.slots(), notes).network();
        assertThat(notes.heard).containsExactly("resumed after 1", "epoch 1", "epoch 2");
        assertThat(NetworkFiles.fingerprint(resumed)).isEqualTo(NetworkFiles.fingerprint(undisturbed));
    }

    @Test
    void refusesWhatCannotBeTrained() {
        assertThatThrownBy(() -> task("only", 1, TAPS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("losses must have one over logits; those of taps alone do not train the last layer");
        Trainer master =
                new Dl4jTrainer.Settings(Optional.of(1), 1).create(LocalSpark.context(), storage, hadoopRoot, 1);
        assertThatThrownBy(() -> master.train(task("master", 1, with(TAPS)), TrainerFixture.slots(), new Notes()))
                .hasMessage("trainer dl4j does not train losses of taps; set trainer = synchronous");
    }

    private static List<LossSettings> with(List<LossSettings> losses) {
        List<LossSettings> all = new ArrayList<>(losses);
        all.add(LABELS);
        return all;
    }

    /** The digest of each file in the store, by its path. */
    private Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root.resolve("store/labels"))) {
            for (Path file :
                    all.filter(path -> path.toString().endsWith(".parquet")).toList()) {
                files.put(
                        root.relativize(file).toString(),
                        new Digest().add(Files.readAllBytes(file)).hex());
            }
        }
        return files;
    }
}
