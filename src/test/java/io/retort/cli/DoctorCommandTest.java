package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.RetortProcess;
import io.retort.TinyJob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
    @TempDir
    private Path directory;

    /** The teacher of a recipe labels in a process of its own, which has all of Spark beside it. */
    @Test
    void aRecipesLabellingIsMeasuredAgainstItsPlan() throws Exception {
        Path conf = TinyJob.in(directory).conf();
        Path out = directory.resolve("out");
        Process doctor = RetortProcess.start(
                out, "doctor", conf.toString(), "--json", "--root", directory + "/root", "-D", "labels.batch-size=64");
        assertThat(doctor.waitFor(5, TimeUnit.MINUTES)).isTrue();
        String said = Files.readString(out);
        assertThat(doctor.exitValue()).as(said).isZero();
        JsonNode findings = new ObjectMapper().readTree(said.substring(said.indexOf("[ {")));
        List<String> labelling = findings.findValuesAsText("check");
        assertThat(labelling).endsWith("labelling");
        JsonNode last = findings.get(findings.size() - 1);
        assertThat(last.path("found").asText())
                .matches("2 tasks of teacher take [0-9,]{3,} MiB beside the heap; an executor has 1,024 MiB there");
        assertThat(last.path("level").asText()).as(said).isEqualTo("OK");
    }
}
