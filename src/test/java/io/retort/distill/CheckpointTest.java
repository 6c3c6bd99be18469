package io.retort.distill;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.distill.Trainer.TrainingCurve;
import io.retort.engine.TrainableNetwork.TrainingState;
import io.retort.network.Tensor;
import io.retort.network.TensorFile;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    private static final float[] PARAMETERS = {1, -2, 3.5f};
    private static final float[] UPDATER = {0.25f};
    private static final TrainingCurve CURVE = new TrainingCurve(List.of(0.1 + 0.2, 1e-300), List.of(1e-3, 1.0 / 3));
    private static final Checkpoint.Entry ENTRY =
            new Checkpoint.Entry(new TrainingState(PARAMETERS, UPDATER, 77), CURVE);

    @TempDir
    private Path directory;

    @Test
    void readsBackWhatWasWritten() throws IOException {
        Checkpoint.Entry read = written().read().orElseThrow();
        assertThat(read.state().parameters()).isEqualTo(PARAMETERS);
        assertThat(read.state().updaterState()).isEqualTo(UPDATER);
        assertThat(read.state().iteration()).isEqualTo(77);
        assertThat(read.curve()).isEqualTo(CURVE);
    }

    /** Without the file system's checksums: whichever byte is changed, what is read is what was written, or nothing. */
    @Test
    void readsNothingFromADamagedFile() throws IOException {
        Checkpoint checkpoint = written();
        Path file = directory.resolve("checkpoint");
        byte[] whole = Files.readAllBytes(file);
        int refused = 0;
        for (int i = 0; i < whole.length; i++) {
            byte[] flipped = whole.clone();
            flipped[i] ^= 0x10;
            Files.write(file, flipped);
            Optional<Checkpoint.Entry> read = checkpoint.read();
            refused += read.isEmpty() ? 1 : 0;
            read.ifPresent(entry -> {
                assertThat(entry.state().parameters()).isEqualTo(PARAMETERS);
                assertThat(entry.state().iteration()).isEqualTo(77);
                assertThat(entry.curve()).isEqualTo(CURVE);
            });
        }
        assertThat(refused).isGreaterThan(whole.length / 2);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        assertThat(checkpoint.read()).isEmpty();
    }

    @Test
    void readsNothingFromOneOfAnEarlierVersionWhichHasNoCurve() {
        Storage storage = Storage.of(new Configuration());
        org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path("file:" + directory + "/old");
        Tensor one = new Tensor(List.of(1), new float[] {1});
        new TensorFile(
                        Map.of("parameters", one, "updater", one),
                        Map.of("epochs", "2", "iteration", "77", "digest", "d"))
                .write(storage, path);
        assertThat(new Checkpoint(storage, path, Engine.ONEDNN).read()).isEmpty();
    }

    /** As many numbers in another order. */
    @Test
    void readsNothingFromOneOfAnotherEngine() throws IOException {
        assertThat(written().read()).isPresent();
        assertThat(checkpoint(Engine.DL4J).read()).isEmpty();

        checkpoint(Engine.DL4J).write(ENTRY);

        assertThat(checkpoint(Engine.DL4J).read()).isPresent();
        assertThat(checkpoint(Engine.ONEDNN).read()).isEmpty();
    }

    private Checkpoint checkpoint(Engine engine) {
        return new Checkpoint(
                Storage.of(new Configuration()),
                new org.apache.hadoop.fs.Path("file:" + directory + "/checkpoint"),
                engine);
    }

    private Checkpoint written() throws IOException {
        Checkpoint checkpoint = checkpoint(Engine.ONEDNN);
        checkpoint.write(ENTRY);
        Files.delete(directory.resolve(".checkpoint.crc"));
        return checkpoint;
    }
}
