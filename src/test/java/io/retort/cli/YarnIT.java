package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.EmbeddedCluster;
import io.retort.MiniYarn;
import io.retort.TinyJob;
import io.retort.faults.Remains;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole job on YARN, a real one, with two executors in containers of their own. */
@Tag("yarn")
class YarnIT {
    @TempDir
    private static Path directory;

    private static MiniYarn yarn;

    @BeforeAll
    static void start() throws IOException {
        yarn = MiniYarn.start(Files.createDirectory(directory.resolve("yarn")));
    }

    @AfterAll
    static void end() throws IOException {
        yarn.close();
    }

    @Test
    void clientAndClusterModeGiveTheSameBytes() throws Exception {
        TinyJob job = TinyJob.in(directory);
        Remains client = run(job, "client");
        assertThat(client.student()).hasSize(5);
        assertThat(client.labels()).hasSize((TinyJob.TRAIN + TinyJob.TEST) / TinyJob.SHARD);
        assertThat(run(job, "cluster")).isEqualTo(client);
    }

    private static Remains run(TinyJob job, String deployMode) throws IOException, InterruptedException {
        Path root = directory.resolve("root-" + deployMode);
        EmbeddedCluster.Outcome outcome = yarn.start(
                        deployMode,
                        List.of(),
                        "run",
                        job.conf().toString(),
                        "--root",
                        root.toUri().toString())
                .outcome(Duration.ofMinutes(5));
        assertThat(outcome.exitCode()).as(outcome::logTail).isZero();
        return Remains.of(Storage.of(new Configuration()), new org.apache.hadoop.fs.Path(root.toUri()), 1);
    }
}
