package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.EmbeddedCluster;
import io.retort.TinyJob;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorIT {
    @TempDir
    private Path directory;

    @Test
    void examinesEveryExecutorOfAClusterAndTheLabellingOfARecipe() throws Exception {
        Path conf = TinyJob.in(directory).conf();
        try (EmbeddedCluster cluster = EmbeddedCluster.start(directory, 2, 1)) {
            EmbeddedCluster.Outcome outcome = cluster.retort(
                    "doctor",
                    conf.toString(),
                    "--json",
                    "--root",
                    directory.resolve("root").toUri().toString());

            assertThat(outcome.exitCode()).as(outcome::logTail).isZero();
            Map<String, String> levels = new TreeMap<>();
            for (JsonNode finding : new ObjectMapper().readTree(outcome.out())) {
                // Which executor is on which worker's address is Spark's choice.
                String check = finding.path("check").asText().replaceFirst(" on 127\\.0\\.0\\.[12]:", ":");
                levels.put(check, finding.path("level").asText());
            }
            assertThat(levels)
                    .containsEntry("executor 0: oneDNN", "OK")
                    .containsEntry("executor 1: oneDNN", "OK")
                    .containsEntry("executor 0: threads", "OK")
                    .containsEntry("executor 0: malloc", "OK")
                    .containsEntry("executor 1: ONNX Runtime", "OK")
                    .containsEntry("executor 1: memory", "OK")
                    .containsEntry("driver: opens", "OK")
                    .containsEntry("labelling", "OK");
        }
    }
}
