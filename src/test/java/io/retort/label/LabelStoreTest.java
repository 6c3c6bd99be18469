package io.retort.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.data.Digits;
import io.retort.data.Samples;
import io.retort.data.shard.Shard;
import io.retort.data.shard.TestShards;
import io.retort.label.LabelStore.LabelSet;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelStoreTest {
    private static final String MADE_AGAIN = "; run again, it will be made again";

    @TempDir
    private Path root;

    private final LabelSet set = new LabelSet("teacher", "plain", new Float32Codec(), 3);
    private final Samples samples = Digits.of(50, 7);
    private final Shard shard = TestShards.of(samples);
    private final float[] logits = CodecContract.random(50, 3, 4);
    private LabelStore store;

    @BeforeEach
    void openStore() {
        store = store(root);
        store.write(set, shard, samples.ids(), logits);
    }

    @Test
    void readsBackWhatWasWritten() {
        assertThat(file(set, shard))
                .hasToString(root + "/store/labels/teacher/plain-float32/" + shard.key() + ".parquet");
        assertThat(store.read(set, shard, samples.ids())).isEqualTo(logits);
        LabelSet halves = new LabelSet("teacher", "plain", new Float16Codec(), 3);
        store.write(halves, shard, samples.ids(), logits);
        float[] expected = halves.codec().decode(halves.codec().encode(logits, 3), 3);
        assertThat(store.read(halves, shard, samples.ids())).isEqualTo(expected).isNotEqualTo(logits);
    }

    @Test
    void knowsWhatIsLabelled() {
        assertThat(store.labelled(set)).containsExactly(shard.key());
        assertThat(store.labelled(new LabelSet("teacher", "other", new Float32Codec(), 3)))
                .isEmpty();
    }

    @Test
    void writesTheSameBytes(@TempDir Path other) throws IOException {
        store(other).write(set, shard, samples.ids(), logits);
        assertThat(Files.readAllBytes(other.resolve(root.relativize(file(set, shard)))))
                .isEqualTo(Files.readAllBytes(file(set, shard)));
    }

    @Test
    void refusesMissingLabels() throws IOException {
        Files.delete(file(set, shard));
        refuses(set, shard, samples, " does not exist" + MADE_AGAIN);
    }

    /** Spark interrupts a task whose copy was quicker. The stream of this file system goes on reading, whereas Parquet does not. */
    @Test
    void aReaderThatIsInterruptedSetsNothingAside() {
        Configuration raw = new Configuration();
        raw.setBoolean("fs.file.impl.disable.cache", true);
        raw.setClass("fs.file.impl", RawLocalFileSystem.class, FileSystem.class);
        LabelStore unchecked = new LabelStore(Storage.of(raw), new org.apache.hadoop.fs.Path(root.toUri()));
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> unchecked.read(set, shard, samples.ids()))
                    .isExactlyInstanceOf(ArtifactException.class)
                    .hasMessageMatching("label file \\S+ cannot be read: .*; this task was interrupted, so the"
                            + " file may be whole");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(unchecked.read(set, shard, samples.ids())).isEqualTo(logits);
    }

    /** Whichever byte is flipped, what is read is what was written, or nothing. */
    @Test
    void refusesEveryFlippedByteThatMatters() throws IOException {
        byte[] whole = Files.readAllBytes(file(set, shard));
        int refused = 0;
        for (int i = 0; i < whole.length; i += 7) {
            byte[] flipped = whole.clone();
            flipped[i] ^= 0x10;
            replace(file(set, shard), flipped);
            try {
                assertThat(store.read(set, shard, samples.ids())).isEqualTo(logits);
            } catch (ArtifactException e) {
                assertThat(e)
                        .hasMessageStartingWith("label file file:" + file(set, shard))
                        .hasMessageEndingWith(asideOf(set));
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(whole.length / 7 / 3);
    }

    @Test
    void refusesACutFile() throws IOException {
        replace(file(set, shard), Arrays.copyOf(Files.readAllBytes(file(set, shard)), 400));
        assertThatThrownBy(() -> store.read(set, shard, samples.ids()))
                .isInstanceOf(ArtifactException.Lost.class)
                .hasMessageStartingWith("label file file:" + file(set, shard) + " cannot be read: ")
                .hasMessageEndingWith(asideOf(set));
        // It is out of the way of whoever makes it again.
        assertThat(store.labelled(set)).isEmpty();
        refuses(set, shard, samples, " was damaged and is set aside as " + aside(set) + MADE_AGAIN);
    }

    @Test
    void refusesTheLabelsOfAnotherShard() throws IOException {
        Samples otherSamples = Digits.of(50, 8);
        Shard other = TestShards.of(otherSamples);
        store.write(set, other, otherSamples.ids(), logits);
        replace(file(set, shard), Files.readAllBytes(file(set, other)));
        refuses(
                set,
                shard,
                samples,
                " holds the labels of shard " + other.key() + " instead of " + shard.key() + asideOf(set));
    }

    @Test
    void refusesTheLabelsOfOtherSamples() {
        Samples reordered = Digits.of(50, 8);
        refuses(
                set,
                shard,
                reordered,
                " holds labels for other samples than shard " + shard.key() + " has" + asideOf(set));
    }

    @Test
    void refusesLabelsOfMoreSamples() {
        Samples fewer = Digits.of(49, 7);
        refuses(set, shard, fewer, " holds labels for 50 samples instead of 49" + asideOf(set));
    }

    @Test
    void refusesTheLabelsOfAnotherTeacher() throws IOException {
        LabelSet other = new LabelSet("impostor", "plain", new Float32Codec(), 3);
        store.write(other, shard, samples.ids(), logits);
        replace(file(set, shard), Files.readAllBytes(file(other, shard)));
        refuses(set, shard, samples, " does not hold what was written: its digest differs" + asideOf(set));
    }

    @Test
    void refusesLogitsOfAnotherSize() {
        assertThatThrownBy(() -> store.write(set, shard, samples.ids(), new float[149]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("149 logits are not [50, 3], which shard " + shard.key() + " needs");
    }

    private String aside(LabelSet labels) {
        Path file = file(labels, shard);
        return "file:" + file.resolveSibling("." + file.getFileName() + ".damaged");
    }

    private String asideOf(LabelSet labels) {
        return "; it is set aside as " + aside(labels) + MADE_AGAIN;
    }

    private void refuses(LabelSet labels, Shard of, Samples expected, String problem) {
        assertThatThrownBy(() -> store.read(labels, of, expected.ids()))
                .isInstanceOf(ArtifactException.Lost.class)
                .hasMessage("label file file:" + file(labels, of) + problem);
    }

    /** Hadoop's own checksum goes too, as it does where the file system keeps none. */
    private static void replace(Path file, byte[] bytes) throws IOException {
        Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
        Files.write(file, bytes);
    }

    private Path file(LabelSet labels, Shard of) {
        return Path.of(store.path(labels, of).toUri().getPath());
    }

    private static LabelStore store(Path root) {
        return new LabelStore(Storage.of(new Configuration()), new org.apache.hadoop.fs.Path("file:" + root));
    }
}
