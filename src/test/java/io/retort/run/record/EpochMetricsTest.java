package io.retort.run.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.distill.Trainer.TrainingCurve;
import io.retort.run.progress.Progress;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EpochMetricsTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2031-01-02T12:00:00Z"), ZoneOffset.UTC);

    @TempDir
    private Path directory;

    @Test
    void epochsThatWereTrainedBeforeFollowWithoutATime() throws IOException {
        org.apache.hadoop.fs.Path root = new org.apache.hadoop.fs.Path(directory.toUri());
        RunContext context = new RunContext(Storage.of(new Configuration()), root, NOON, Progress.silent());
        EpochMetrics metrics = new EpochMetrics(context, root);
        metrics.write();
        Path file = directory.resolve("metrics.jsonl");
        assertThat(file).doesNotExist();
        EpochMetrics.Training resumed = metrics.begin("small seed 1", 1, "soft-target", 3);
        resumed.epoch(3, 0.5, 0.001);
        assertThat(file).as("the first is written at once").content().hasLineCount(1);
        resumed.completed(new TrainingCurve(List.of(1.5, 1.0, 0.5), List.of(0.1, 0.01, 0.001)));
        assertThat(file).as("others wait").content().hasLineCount(1);
        metrics.write();
        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "{\"time\":\"2031-01-02T12:00:00Z\",\"training\":\"small seed 1\",\"seed\":1,\"epoch\":3,\"epochs\":3,"
                                + "\"objective\":\"soft-target\",\"loss\":0.5,\"learningRate\":0.001}",
                        "{\"training\":\"small seed 1\",\"seed\":1,\"epoch\":1,\"epochs\":3,"
                                + "\"objective\":\"soft-target\",\"loss\":1.5,\"learningRate\":0.1}",
                        "{\"training\":\"small seed 1\",\"seed\":1,\"epoch\":2,\"epochs\":3,"
                                + "\"objective\":\"soft-target\",\"loss\":1.0,\"learningRate\":0.01}");
    }
}
