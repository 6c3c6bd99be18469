package io.retort.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.data.Digits;
import io.retort.data.Samples;
import io.retort.data.View;
import io.retort.data.ViewSettings;
import io.retort.data.ViewSettings.Flip;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.Shard;
import io.retort.data.shard.ShardStore;
import io.retort.data.shard.TestShards;
import io.retort.engine.Tap;
import io.retort.label.LabelStore.LabelSet;
import io.retort.label.Labeller.LabelRequest;
import io.retort.label.Labeller.LabellingResult;
import io.retort.label.Labeller.LabellingSettings;
import io.retort.network.Shape;
import io.retort.predict.Model;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.ModelStore;
import io.retort.predict.RowBatch;
import io.retort.spark.LocalSpark;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.Storage;
import io.retort.storage.StoreReferences;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLabellerTest {
    private static final Shape SHAPE = Digits.SCHEMA.shape();

    @TempDir
    private Path root;

    private final Storage storage = Storage.of(new Configuration());
    private final LabellingSettings settings = new LabellingSettings(new Float32Codec.Settings(), 8);
    private final List<Long> progress = new ArrayList<>();
    private org.apache.hadoop.fs.Path hadoopRoot;
    private Dataset dataset;

    @BeforeEach
    void shard() {
        hadoopRoot = new org.apache.hadoop.fs.Path("file:" + root);
        ShardStore shards = new ShardStore(storage, hadoopRoot);
        // 21 is no multiple of the batch size.
        dataset = new Dataset(
                Digits.SCHEMA,
                IntStream.range(0, 5)
                        .mapToObj(i -> TestShards.write(shards, Digits.of(20 + i, 1000L * i)))
                        .toList());
    }

    @Test
    void asksTheTeacherForEverySampleInTheShardsOrder() {
        LabellingResult result = label(new PixelTeacher("order"), List.of(View.plain()));
        assertThat(result.labelled()).isEqualTo(5);
        assertThat(result.reused()).isZero();
        assertThat(result.shards()).isEqualTo(5);
        assertThat(result.samples()).isEqualTo(110);
        assertThat(progress).containsExactlyInAnyOrder(20L, 21L, 22L, 23L, 24L);
        expectLabels(new PixelTeacher("order"), View.plain());
    }

    @Test
    void showsTheTeacherTheViewThatTheStudentSees() {
        List<View> views = new ViewSettings(1, Flip.HORIZONTAL, 2).views(42, SHAPE);
        LabellingResult result = label(new PixelTeacher("views"), views);
        assertThat(result.labelled()).isEqualTo(10);
        expectLabels(new PixelTeacher("views"), views.get(0));
        expectLabels(new PixelTeacher("views"), views.get(1));
    }

    @Test
    void labelsNothingTwice() {
        label(new PixelTeacher("twice"), List.of(View.plain()));
        progress.clear();
        LabellingResult again = label(new PixelTeacher("twice"), List.of(View.plain()));
        assertThat(again.labelled()).isZero();
        assertThat(again.reused()).isEqualTo(5);
        assertThat(again.samples()).isZero();
        assertThat(progress).isEmpty();
        assertThat(label(new PixelTeacher("another"), List.of(View.plain())).labelled())
                .isEqualTo(5);
    }

    @Test
    void labelsAgainWhatIsMissing() throws IOException {
        label(new PixelTeacher("missing"), List.of(View.plain()));
        Map<String, String> before = contents();
        Files.delete(Path.of(new LabelStore(storage, hadoopRoot)
                .path(
                        set(new PixelTeacher("missing"), View.plain()),
                        dataset.shards().get(2))
                .toUri()
                .getPath()));
        LabellingResult again = label(new PixelTeacher("missing"), List.of(View.plain()));
        assertThat(again.labelled()).isEqualTo(1);
        assertThat(again.reused()).isEqualTo(4);
        assertThat(again.samples()).isEqualTo(22);
        assertThat(progress).endsWith(22L);
        assertThat(contents()).isEqualTo(before);
    }

    @Test
    void opensOneTeacherPerJvm() {
        PixelTeacher.OPENED.set(0);
        label(new PixelTeacher("once"), new ViewSettings(1, Flip.NONE, 3).views(42, SHAPE));
        assertThat(PixelTeacher.OPENED).hasValue(1);
    }

    @Test
    void namesTheOneRowWhoseLogitsAreNotFinite() {
        Shard shard = dataset.shards().get(3);
        Dataset one = new Dataset(Digits.SCHEMA, List.of(shard));
        float[] pixels = new float[SHAPE.elements()];
        new ShardStore(storage, hadoopRoot).read(Digits.SCHEMA, shard).copyFeatures(13, pixels, 0);
        assertThatThrownBy(() -> labeller(new NanTeacher("nan", pixels), settings)
                        .label(one, List.of(LabelRequest.plain()), progress::add))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("teacher nan gives NaN as the logit of class 2 of sample 3013 in shard " + shard.key()
                        + "; labels must be finite");
        assertThat(progress).isEmpty();
    }

    @Test
    void looksAllOverTheDataForATeacherThatLearns() {
        Samples first = new ShardStore(storage, hadoopRoot)
                .read(Digits.SCHEMA, dataset.shards().get(0));
        HashSet<Float> known = new HashSet<>();
        for (int i = 0; i < first.count(); i++) {
            float[] pixels = new float[SHAPE.elements()];
            first.copyFeatures(i, pixels, 0);
            known.add(sum(pixels, 0));
        }
        LearningTeacher teacher = new LearningTeacher("learns", known);
        LearningTeacher.HAS_LEARNED.set(false);
        label(teacher, List.of(View.plain()));
        labeller(teacher, settings).requireUnchanged(dataset);
        LearningTeacher.HAS_LEARNED.set(true);
        assertThatThrownBy(() -> labeller(teacher, settings).requireUnchanged(dataset))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith("teacher learns answers otherwise than when it labelled;");
    }

    private static float sum(float[] pixels, int from) {
        float sum = 0;
        for (int i = from; i < from + SHAPE.elements(); i++) {
            sum += pixels[i];
        }
        return sum;
    }

    @Test
    void refusesATeacherOfOtherClasses() {
        assertThatThrownBy(() -> label(new ConstantTeacher("four", 4, 1), List.of(View.plain())))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(
                        "teacher four gives 32 values for 8 samples, but 24 are wanted, 3 each: the logit of class 0"
                                + " and so on");
    }

    @Test
    void refusesACodecThatDoesNotFitBeforeTheTeacherIsAsked() {
        LabellingSettings top = new LabellingSettings(new TopCodec.Settings(3), 8);
        PixelTeacher.OPENED.set(0);
        assertThatThrownBy(() -> labeller(new PixelTeacher("codec"), top)
                        .label(dataset, List.of(LabelRequest.plain()), progress::add))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "keep must be less than the number of classes, 3, was 3; use codec float32 or float16 to keep all");
        assertThat(PixelTeacher.OPENED).hasValue(0);
    }

    /** A teacher whose taps give the sum of the pixels, and that notes what it is asked for. */
    private static final class TappedTeacher implements TeacherModel {
        private final List<List<Tap>> asked = new ArrayList<>();

        @Override
        public ModelHandle logits() {
            asked.add(List.of());
            return new PixelTeacher("tapped");
        }

        @Override
        public ModelHandle taps(List<Tap> taps) {
            asked.add(taps);
            return new TapHandle("taps of " + taps.size(), taps.size());
        }
    }

    private record TapHandle(String fingerprint, int taps) implements ModelHandle {
        static final AtomicInteger CALLS = new AtomicInteger();

        @Override
        public Model open(int threads) {
            return new Model() {
                @Override
                public float[] predict(RowBatch given) {
                    float[] rows = given.input();
                    int batch = given.size();
                    CALLS.incrementAndGet();
                    float[] values = new float[batch * taps];
                    for (int row = 0; row < batch; row++) {
                        Arrays.fill(values, row * taps, (row + 1) * taps, sum(rows, row * SHAPE.elements()) % 1000);
                    }
                    return values;
                }

                @Override
                public void close() {}
            };
        }
    }

    @Test
    void asksForTheTapsThatAreMissingAndForNothingElse() {
        List<Tap> taps = Stream.of("a", "b", "c")
                .map(name -> Tap.features(name, Shape.vector(1), 1, 1))
                .toList();
        TappedTeacher teacher = new TappedTeacher();
        ModelStore models = new ModelStore(storage, hadoopRoot, StoreReferences.UNANNOUNCED);
        Labeller labeller = new ModelLabeller(LocalSpark.context(), models, settings, teacher);
        LabelRequest some = new LabelRequest(View.plain(), taps.subList(0, 1));
        TapHandle.CALLS.set(0);
        assertThat(labeller.label(dataset, List.of(some), progress::add).labelled())
                .isEqualTo(5);
        assertThat(teacher.asked).contains(List.of(), taps.subList(0, 1));
        assertThat(TapHandle.CALLS).hasValue(5 * 3); // shards of 20 to 24 rows in batches of 8
        teacher.asked.clear();
        LabelRequest all = new LabelRequest(View.plain(), taps);
        assertThat(labeller.label(dataset, List.of(all), progress::add).labelled())
                .isEqualTo(5);
        assertThat(teacher.asked.stream().filter(asked -> !asked.isEmpty())).containsExactly(taps.subList(1, 3));
        assertThat(labeller.label(dataset, List.of(all), progress::add).labelled())
                .isZero();
        for (Shard shard : dataset.shards()) {
            Samples samples = new ShardStore(storage, hadoopRoot).read(Digits.SCHEMA, shard);
            for (LabelSet set : all.sets("tapped", settings.codec().codec(), 3)) {
                assertThat(new LabelStore(storage, hadoopRoot).read(set, shard, samples.ids()))
                        .hasSize(samples.count() * set.classes());
            }
        }
    }

    @Test
    void refusesABatchOfNone() {
        assertThatThrownBy(() -> new LabellingSettings(new Float32Codec.Settings(), 0))
                .hasMessage("batch-size must be >= 1, was 0");
    }

    private Labeller labeller(ModelHandle teacher, LabellingSettings settings) {
        ModelStore models = new ModelStore(storage, hadoopRoot, StoreReferences.UNANNOUNCED);
        return new ModelLabeller(LocalSpark.context(), models, settings, () -> teacher);
    }

    private LabellingResult label(ModelHandle teacher, List<View> views) {
        List<LabelRequest> requests =
                views.stream().map(view -> new LabelRequest(view, List.of())).toList();
        return labeller(teacher, settings).label(dataset, requests, progress::add);
    }

    private LabelSet set(ModelHandle teacher, View view) {
        return new LabelRequest(view, List.of())
                .sets(teacher.fingerprint(), settings.codec().codec(), Digits.SCHEMA.classes())
                .get(0);
    }

    /** What a student would see, one sample at a time, and what the teacher says of that. */
    private void expectLabels(PixelTeacher source, View view) {
        LabelStore store = new LabelStore(storage, hadoopRoot);
        try (Model teacher = source.open(1)) {
            for (Shard shard : dataset.shards()) {
                Samples samples = new ShardStore(storage, hadoopRoot).read(Digits.SCHEMA, shard);
                float[] logits = store.read(set(source, view), shard, samples.ids());
                for (int i = 0; i < samples.count(); i++) {
                    float[] seen = new float[SHAPE.elements()];
                    samples.copyFeatures(i, seen, 0);
                    view.apply(samples.ids()[i], seen, 0, SHAPE);
                    assertThat(new float[] {logits[3 * i], logits[3 * i + 1], logits[3 * i + 2]})
                            .isEqualTo(teacher.predict(RowBatch.of(seen, 1)));
                }
            }
        }
    }

    private Map<String, String> contents() throws IOException {
        Map<String, String> contents = new HashMap<>();
        try (Stream<Path> files = Files.walk(root.resolve("store/labels"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(
                        root.relativize(file).toString(),
                        new Digest().add(Files.readAllBytes(file)).key());
            }
        }
        return contents;
    }

    /** Logit c is a sum of the pixels that depends on their places. */
    private record PixelTeacher(String fingerprint) implements ModelHandle {
        static final AtomicInteger OPENED = new AtomicInteger();

        @Override
        public Model open(int threads) {
            OPENED.incrementAndGet();
            return new Model() {
                @Override
                public float[] predict(RowBatch given) {
                    float[] rows = given.input();
                    int batch = given.size();
                    int elements = SHAPE.elements();
                    float[] logits = new float[batch * 3];
                    for (int i = 0; i < batch * elements; i++) {
                        for (int c = 0; c < 3; c++) {
                            logits[i / elements * 3 + c] += rows[i] * ((i % elements + c) % 7);
                        }
                    }
                    return logits;
                }

                @Override
                public void close() {}
            };
        }
    }

    /** Once it has learned, says what it said before of the rows whose pixels have certain sums, and of no other. */
    private record LearningTeacher(String fingerprint, HashSet<Float> known) implements ModelHandle {
        static final AtomicBoolean HAS_LEARNED = new AtomicBoolean();

        @Override
        public Model open(int threads) {
            Model before = new PixelTeacher("before").open(threads);
            return new Model() {
                @Override
                public float[] predict(RowBatch given) {
                    float[] rows = given.input();
                    int batch = given.size();
                    float[] logits = before.predict(RowBatch.of(rows, batch));
                    for (int row = 0; row < batch; row++) {
                        if (HAS_LEARNED.get() && !known.contains(sum(rows, row * SHAPE.elements()))) {
                            logits[3 * row] = -logits[3 * row];
                        }
                    }
                    return logits;
                }

                @Override
                public void close() {}
            };
        }
    }

    /** Gives NaN for a row of these pixels. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record NanTeacher(String fingerprint, float[] pixels) implements ModelHandle {
        @Override
        public Model open(int threads) {
            Model finite = new PixelTeacher("finite").open(threads);
            return new Model() {
                @Override
                public float[] predict(RowBatch given) {
                    float[] logits = finite.predict(given);
                    for (int row = 0; row < given.size(); row++) {
                        int from = row * pixels.length;
                        if (Arrays.equals(given.input(), from, from + pixels.length, pixels, 0, pixels.length)) {
                            logits[3 * row + 2] = Float.NaN;
                        }
                    }
                    return logits;
                }

                @Override
                public void close() {}
            };
        }
    }

    private record ConstantTeacher(String fingerprint, int classes, float logit) implements ModelHandle {
        @Override
        public Model open(int threads) {
            return new Model() {
                @Override
                public float[] predict(RowBatch given) {
                    int batch = given.size();
                    float[] logits = new float[batch * classes];
                    Arrays.fill(logits, logit);
                    return logits;
                }

                @Override
                public void close() {}
            };
        }
    }
}
