package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.retort.report.Report;
import io.retort.report.SampleReport;
import io.retort.run.RecipeRun.Warnings;
import io.retort.run.progress.Progress;
import io.retort.run.progress.ProgressLines;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarningsTest {
    @Test
    void areSaidOnceAndKeptInTheirOrder() {
        List<String> said = new ArrayList<>();
        List<String> logged = new ArrayList<>();
        Warnings warnings = new Warnings(new Progress.All(List.of(lines(said), lines(logged))));
        warnings.warn("class b has no row");
        warnings.say("train: 4 samples");
        warnings.warn("class a has no row");
        warnings.warn("class b has no row"); // the stages began again
        assertThat(said)
                .containsExactly("warning: class b has no row", "train: 4 samples", "warning: class a has no row");
        assertThat(logged).isEqualTo(said);
        assertThat(warnings.sentences()).containsExactly("class b has no row", "class a has no row");
    }

    @Test
    void areMissingInAReportOfVersionOneWhichIsReadAllTheSame(@TempDir Path directory) throws IOException {
        Report report = SampleReport.of("old", List.of("a", "b")).with(List.of("class b has no row"));
        ObjectNode json = (ObjectNode) new ObjectMapper().readTree(Json.file(report));
        assertThat(json.at("/warnings/0").asText()).isEqualTo("class b has no row");
        json.remove("warnings");
        json.put("version", 1);
        Path file = Files.writeString(directory.resolve("report.json"), json.toString());
        Report read = Json.find(
                        Storage.of(new Configuration()), new org.apache.hadoop.fs.Path(file.toString()), Report.class)
                .orElseThrow();
        assertThat(read.warnings()).isEmpty();
        assertThat(read.students()).hasSize(1);
    }

    private static Progress lines(List<String> to) {
        return new ProgressLines(to::add, Clock.systemUTC(), Duration.ofSeconds(10));
    }
}
