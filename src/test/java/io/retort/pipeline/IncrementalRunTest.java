package io.retort.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.data.LocalSpark;
import io.retort.network.Layer;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Tensor;
import io.retort.report.Report;
import io.retort.storage.Digest;
import io.retort.storage.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run does again when something has changed since the one before: 64 shards of real images, a saved teacher, one student. */
class IncrementalRunTest {
    private static final int PER_SHARD = 4;
    private static final int SHARDS = 64;
    /** Held-out samples, in one file of their own. */
    private static final int TEST_SHARDS = 2;

    private static final Storage STORAGE = Storage.of(new Configuration());

    @TempDir
    private Path directory;

    private final List<String> said = new ArrayList<>();
    private byte[] pixels;
    private byte[] labels;
    private int imageBytes;
    private Path train;
    private Network teacher;

    @BeforeEach
    void writeDataAndTeacher() throws IOException {
        SmallRun small = SmallRun.in(directory);
        pixels = unpacked(small.testImages());
        labels = unpacked(small.testLabels());
        ByteBuffer header = ByteBuffer.wrap(pixels);
        int height = header.getInt(8);
        int width = header.getInt(12);
        imageBytes = height * width;
        train = Files.createDirectories(directory.resolve("train"));
        write("2026-01-01", 0, SHARDS * PER_SHARD);
        write(directory.resolve("test"), "all", 300, TEST_SHARDS * PER_SHARD);
        teacher = Network.initialised(
                Structure.from(Shape.image(1, height, width))
                        .then("flatten", new Layer.Flatten())
                        .then("logits", new Layer.Dense(10, Layer.Bias.PER_CHANNEL))
                        .build(),
                1);
        save(teacher);
    }

    @Test
    void nothingChangedIsNothingToDo() throws IOException {
        SparkRun.Result first = execute("root");
        assertThat(first.work()).isEqualTo(SparkRun.Work.DONE);
        long start = System.nanoTime();
        SparkRun.Result second = execute("root");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(second.work()).isEqualTo(SparkRun.Work.NONE);
        assertThat(second.directory()).isEqualTo(first.directory());
        assertThat(RunJson.bytes(second.report())).isEqualTo(RunJson.bytes(first.report()));
        assertThat(runs()).hasSize(1);
    }

    @Test
    void aRunWhoseModelsAreGoneIsMadeAgainFromTheStore() throws IOException {
        SparkRun.Result first = execute("root");
        Files.delete(local(first.directory())
                .resolve(first.report().students().get(0).export().path()));
        SparkRun.Result second = execute("root");
        assertThat(second.work()).isEqualTo(SparkRun.Work.ALL_REUSED);
        assertThat(second.report().cache().labelled()).isZero();
        assertThat(second.report().students()).isEqualTo(first.report().students());
        assertThat(runs()).hasSize(2);
    }

    @Test
    void oneChangedSampleIsOneShardLabelled() throws IOException {
        execute("root");
        pixels[16 + 100 * imageBytes] ^= 1; // sample 100 is in shard 25
        write("2026-01-01", 0, SHARDS * PER_SHARD);
        Report second = execute("root").report();
        assertThat(second.cache())
                .isEqualTo(new Report.CacheSection(SHARDS + TEST_SHARDS, 1, SHARDS + TEST_SHARDS - 1));
        assertThat(student("root")).isEqualTo(studentOfAFreshRoot());
    }

    @Test
    void tenAppendedShardsAreTenLabelled() throws IOException {
        execute("root");
        write("2026-01-02", SHARDS * PER_SHARD, 10 * PER_SHARD);
        assertThat(execute("root").report().cache())
                .isEqualTo(new Report.CacheSection(SHARDS + 10 + TEST_SHARDS, 10, SHARDS + TEST_SHARDS));
        assertThat(student("root")).isEqualTo(studentOfAFreshRoot());
    }

    @Test
    void samplesAppendedToAFileAreTheOnlyOnesLabelled() throws IOException {
        execute("root");
        write("2026-01-01", 0, (SHARDS + 10) * PER_SHARD);
        assertThat(execute("root").report().cache())
                .isEqualTo(new Report.CacheSection(SHARDS + 10 + TEST_SHARDS, 10, SHARDS + TEST_SHARDS));
    }

    @Test
    void anotherWeightOfTheTeacherIsAllLabelledAgain() throws IOException {
        execute("root");
        Map<String, Tensor> parameters = new LinkedHashMap<>(teacher.parameters());
        Tensor weight = parameters.get("logits/weight");
        float[] values = weight.values().clone();
        values[7] = Math.nextUp(values[7]);
        parameters.put("logits/weight", new Tensor(weight.sizes(), values));
        save(new Network(teacher.structure(), parameters));
        assertThat(execute("root").report().cache())
                .isEqualTo(new Report.CacheSection(SHARDS + TEST_SHARDS, SHARDS + TEST_SHARDS, 0));
    }

    @Test
    void dataInAnotherPlaceAreNotLabelledAgain() throws IOException {
        execute("root");
        Path moved = directory.resolve("moved");
        Files.move(train, moved);
        train = moved;
        SparkRun.Result second = execute("root");
        assertThat(second.report().cache())
                .isEqualTo(new Report.CacheSection(SHARDS + TEST_SHARDS, 0, SHARDS + TEST_SHARDS));
        assertThat(second.work()).isEqualTo(SparkRun.Work.ALL_REUSED);
    }

    private String studentOfAFreshRoot() throws IOException {
        execute("fresh");
        return student("fresh");
    }

    /** The digest of the student in the newest run. */
    private String student(String root) throws IOException {
        try (var all = Files.list(directory.resolve(root).resolve("runs/incremental"))) {
            Path newest = all.sorted().reduce((one, other) -> other).orElseThrow();
            return new Digest()
                    .add(Files.readAllBytes(newest.resolve("student-dense-seed1.onnx")))
                    .key();
        }
    }

    private List<Path> runs() throws IOException {
        try (var all = Files.list(directory.resolve("root/runs/incremental"))) {
            return all.toList();
        }
    }

    private SparkRun.Result execute(String root) {
        Progress lines = new ProgressLines(said::add, Clock.systemUTC(), Duration.ofSeconds(10));
        RunContext context = new RunContext(
                STORAGE, new org.apache.hadoop.fs.Path(directory.resolve(root).toString()), Clock.systemUTC(), lines);
        return new SparkRun(LocalSpark.context(), context, SmallRun.bound(recipe())).execute();
    }

    private String recipe() {
        return """
                name = incremental
                data {
                  train { kind = idx, images = ["%1$s/images"], labels = ["%1$s/labels"], classes = 10 }
                  test { kind = idx, images = ["%2$s/images"], labels = ["%2$s/labels"], classes = 10 }
                  samples-per-shard = %3$d
                }
                teacher { kind = network, from = "%4$s" }
                trainer { kind = averaging, replicas = 1, shards-per-round = 100 }
                students = [{ name = dense, architecture { kind = mlp, hidden = [4] }
                  training { epochs = 1, batch-size = 64 }, losses = [soft-target] }]
                """.formatted(train, directory.resolve("test"), PER_SHARD, directory.resolve("teacher"));
    }

    private void save(Network network) {
        NetworkFiles.write(
                network,
                STORAGE,
                new org.apache.hadoop.fs.Path(directory.resolve("teacher").toString()));
    }

    private void write(String name, int from, int count) throws IOException {
        write(train, name, from, count);
    }

    private void write(Path to, String name, int from, int count) throws IOException {
        Path images = Files.createDirectories(to.resolve("images")).resolve(name);
        boolean rewritten = Files.exists(images);
        ByteBuffer image = ByteBuffer.allocate(16 + count * imageBytes).put(pixels, 0, 16);
        image.putInt(4, count).put(pixels, 16 + from * imageBytes, count * imageBytes);
        Files.write(images, image.array());
        ByteBuffer label = ByteBuffer.allocate(8 + count).put(labels, 0, 8);
        label.putInt(4, count).put(labels, 8 + from, count);
        Files.write(Files.createDirectories(to.resolve("labels")).resolve(name), label.array());
        if (rewritten) { // within the same millisecond, perhaps
            Files.setLastModifiedTime(
                    images,
                    FileTime.fromMillis(Files.getLastModifiedTime(images).toMillis() + 1));
        }
    }

    private static Path local(org.apache.hadoop.fs.Path path) {
        return Path.of(path.toUri().getPath());
    }

    private static byte[] unpacked(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in) {
            return plain.readAllBytes();
        }
    }
}
