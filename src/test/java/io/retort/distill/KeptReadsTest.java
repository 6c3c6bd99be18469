package io.retort.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.data.View;
import io.retort.data.shard.KeptReads;
import io.retort.data.shard.Shard;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptReadsTest {
    private static final int EACH = 100;

    private final AtomicInteger reads = new AtomicInteger();

    private void read(KeptReads<byte[]> kept, int key) {
        assertThat(kept.of("file " + key, () -> {
                    reads.incrementAndGet();
                    return new byte[] {(byte) key};
                }))
                .containsExactly(key);
    }

    private int readsOfAnEpoch(KeptReads<byte[]> kept, int files) {
        reads.set(0);
        IntStream.range(0, files).forEach(file -> read(kept, file));
        return reads.get();
    }

    @Test
    void readsOnceWhatFits() {
        KeptReads<byte[]> kept = new KeptReads<>(5 * EACH, value -> EACH);
        assertThat(readsOfAnEpoch(kept, 5)).isEqualTo(5);
        assertThat(readsOfAnEpoch(kept, 5)).isZero();
    }

    @Test
    void ofWhatDoesNotFitSomeIsThereInTheNextEpoch() {
        KeptReads<byte[]> kept = new KeptReads<>(50 * EACH, value -> EACH);
        readsOfAnEpoch(kept, 100);
        for (int epoch = 0; epoch < 5; epoch++) { // of a queue there would be nothing, each time
            assertThat(readsOfAnEpoch(kept, 100)).isBetween(50, 90);
        }
    }

    @Test
    void keepsNothingThatIsLargerThanAll() {
        KeptReads<byte[]> kept = new KeptReads<>(EACH - 1, value -> EACH);
        assertThat(readsOfAnEpoch(kept, 2)).isEqualTo(2);
        assertThat(readsOfAnEpoch(kept, 2)).isEqualTo(2);
    }

    @Test
    void aTrainingReadsAShardOnceAndThatOfAnotherRootItself(
            @TempDir java.nio.file.Path first, @TempDir java.nio.file.Path second) {
        Storage storage = Storage.of(new Configuration());
        TrainerFixture fixture = TrainerFixture.of(storage, new Path(first.toString()));
        Shard shard = fixture.dataset().shards().get(0);
        TrainingTask task = fixture.task("kept", 1, 0.01, 1);
        float[] features = features(task, shard);
        storage.delete(fixture.shards().path(shard.key()));
        assertThat(features(task, shard)).containsExactly(features);
        TrainingTask elsewhere =
                TrainerFixture.of(storage, new Path(second.toString())).task("kept", 1, 0.01, 1);
        storage.delete(elsewhere.shards().path(shard.key()));
        assertThatThrownBy(() -> features(elsewhere, shard)).isInstanceOf(ArtifactException.class);
    }

    private static float[] features(TrainingTask task, Shard shard) {
        RoundData rows = RoundData.read(task, View.plain(), Optional.empty(), List.of(shard));
        return rows.features(rows.inOrder());
    }
}
