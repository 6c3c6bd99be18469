package io.retort.run;

import io.retort.network.Layer;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Tensor;
import io.retort.run.progress.Progress;
import io.retort.run.record.RunContext;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.hadoop.conf.Configuration;

/** Real images in shards of {@value #PER_SHARD}, which a test changes between runs, a saved teacher, and one student. */
public final class GrowingData {
    static final int PER_SHARD = 4;
    /** Of the held-out samples, in one file of their own. */
    public static final int TEST_SHARDS = 2;

    private static final Storage STORAGE = Storage.of(new Configuration());

    private final Path directory;
    private final byte[] pixels;
    private final byte[] labels;
    private final int imageBytes;
    private Path train;
    private Network teacher;

    public GrowingData(Path directory, int shards) throws IOException {
        this.directory = directory;
        SmallRun small = SmallRun.in(directory);
        pixels = unpacked(small.testImages());
        labels = unpacked(small.testLabels());
        ByteBuffer header = ByteBuffer.wrap(pixels);
        int height = header.getInt(8);
        int width = header.getInt(12);
        imageBytes = height * width;
        train = Files.createDirectories(directory.resolve("train"));
        write("2026-01-01", 0, shards);
        write(directory.resolve("test"), "all", 400, TEST_SHARDS * PER_SHARD);
        teacher = Network.initialised(
                Structure.from(Shape.image(1, height, width))
                        .then("flatten", new Layer.Flatten())
                        .then("logits", new Layer.Dense(10, Layer.Bias.PER_CHANNEL))
                        .build(),
                1);
        save();
    }

    /** Writes a file of so many shards of training samples, or writes it anew. */
    public void write(String file, int firstShard, int shards) throws IOException {
        write(train, file, firstShard * PER_SHARD, shards * PER_SHARD);
    }

    /** Changes one pixel of a sample; the file must be written anew. */
    public void change(int sample) {
        pixels[16 + sample * imageBytes] ^= 1;
    }

    public void changeOneWeightOfTheTeacher() {
        Map<String, Tensor> parameters = new LinkedHashMap<>(teacher.parameters());
        Tensor weight = parameters.get("logits/weight");
        float[] values = weight.values().clone();
        values[7] = Math.nextUp(values[7]);
        parameters.put("logits/weight", new Tensor(weight.sizes(), values));
        teacher = new Network(teacher.structure(), parameters);
        save();
    }

    void moveTo(String name) throws IOException {
        Path moved = directory.resolve(name);
        Files.move(train, moved);
        train = moved;
    }

    /** Runs the recipe on a root beside the data. */
    public RecipeRun.Result execute(String root, Clock clock, Progress progress) {
        RunContext context = new RunContext(STORAGE, hadoop(directory.resolve(root)), clock, progress, SmallRun.BRIEF);
        return new RecipeRun(LocalSpark.context(), context, SmallRun.bound(recipe())).execute();
    }

    public String recipe() {
        return """
                name = incremental
                data {
                  train { kind = idx, images = ["%1$s/images"], labels = ["%1$s/labels"], classes = 10 }
                  test { kind = idx, images = ["%2$s/images"], labels = ["%2$s/labels"], classes = 10 }
                  samples-per-shard = %3$d
                }
                teacher { kind = network, from = "%4$s" }
                trainer = synchronous
                students = [{ name = dense, architecture { kind = mlp, hidden = [4] }
                  training { epochs = 1, batch-size = 64 }, losses = [soft-target] }]
                """.formatted(train, directory.resolve("test"), PER_SHARD, directory.resolve("teacher"));
    }

    private void save() {
        NetworkFiles.write(teacher, STORAGE, hadoop(directory.resolve("teacher")));
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
            long written = Files.getLastModifiedTime(images).toMillis();
            Files.setLastModifiedTime(images, FileTime.fromMillis(written + 1));
        }
    }

    private static byte[] unpacked(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in) {
            return plain.readAllBytes();
        }
    }

    public static org.apache.hadoop.fs.Path hadoop(Path path) {
        return new org.apache.hadoop.fs.Path(path.toString());
    }
}
