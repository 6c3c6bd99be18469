package io.retort.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.TinyJob;
import io.retort.faults.Faults.Meeting;
import io.retort.faults.Faults.Operation;
import io.retort.faults.LocalRuns.Ended;
import io.retort.faults.LocalRuns.Started;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run is ended from outside in the midst of its teacher's second epoch, as a scheduler does it or Ctrl-C, and started again. */
class StoppedIT {
    private static final int SHARDS = TinyJob.TRAIN / TinyJob.SHARD;

    @TempDir
    private Path directory;

    @Test
    void saysWhereItGoesOnAndEndsWithTheSameBytes() throws Exception {
        TinyJob job = TinyJob.in(directory);
        Faults faults = new Faults(directory.resolve("control"));
        LocalRuns runs = new LocalRuns(job, directory, faults.settings(), Map.of());
        Path calm = directory.resolve("calm");
        runs.run(Faults.root(calm)).expectDone();

        Operation training = Operation.open("store/shards/", "io.retort.distill.BatchesAhead");
        faults.pass(SHARDS + SHARDS / 2, training);
        Meeting meeting = faults.hold(training);
        Path root = directory.resolve("root");
        Started started = runs.start(Faults.root(root));
        meeting.await(started::said);
        long pid = started.process().pid();
        String signal = isDeafToCtrlC(pid) ? "TERM" : "INT";
        new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor();
        Ended ended = started.end();
        assertThat(ended.exitCode()).as(ended.said()).isEqualTo(signal.equals("INT") ? 130 : 143);
        String sentence = "stopped; start it again, it goes on after epoch 1 of " + TinyJob.EPOCHS;
        assertThat(ended.said().lines().reduce((first, second) -> second))
                .hasValueSatisfying(last -> assertThat(last).startsWith(sentence));
        assertThat(ended.said()).doesNotContain("\tat ", "Exception", "shut down", " ERROR ");
        JsonNode manifest = manifest(root);
        assertThat(manifest.at("/status").asText()).isEqualTo("STOPPED");
        assertThat(manifest.at("/problem").asText()).startsWith(sentence);

        Ended again = runs.run(Faults.root(root)).expectDone();
        assertThat(again.said()).contains("goes on after epoch 1 of " + TinyJob.EPOCHS);
        assertThat(remains(root, 2)).isEqualTo(remains(calm, 1));
    }

    /** Whether the process inherited that SIGINT (2) is ignored, as what a script starts in the background does. */
    private static boolean isDeafToCtrlC(long pid) throws IOException {
        String ignored = Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElseThrow()
                .substring("SigIgn:".length())
                .strip();
        return (Long.parseUnsignedLong(ignored, 16) & 2) != 0;
    }

    private static JsonNode manifest(Path root) throws IOException {
        try (Stream<Path> runs = Files.list(root.resolve("runs/tiny"))) {
            List<Path> found = runs.filter(Files::isDirectory).toList();
            assertThat(found).hasSize(1);
            return new ObjectMapper()
                    .readTree(found.get(0).resolve("manifest.json").toFile());
        }
    }

    private static Remains remains(Path root, int runs) {
        return Remains.of(Storage.of(new Configuration()), new org.apache.hadoop.fs.Path(root.toUri()), runs, runs);
    }
}
