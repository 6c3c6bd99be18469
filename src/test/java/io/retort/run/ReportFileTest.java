package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.retort.report.HtmlReport;
import io.retort.report.Report;
import io.retort.report.ResultsTable;
import io.retort.report.SampleReport;
import io.retort.report.SummaryTable;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFileTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Storage storage = Storage.of(new Configuration());
    private final Report report = SampleReport.of("small", List.of("boot", "bag"));

    @TempDir
    private java.nio.file.Path directory;

    @Test
    void isReadBackAsItWas() {
        assertThat(read(Json.file(report))).isEqualTo(report);
    }

    @Test
    void whatIsNotKnownOfATeacherIsNullAndShownAsUnknown() throws IOException {
        Report foreign = SampleReport.ofForeignTeacher();
        JsonNode json = JSON.readTree(Json.file(foreign));
        for (String fact : List.of("parameters", "macs", "bytes")) {
            assertThat(json.at("/teacher/" + fact).isNull()).isTrue();
            assertThat(json.at("/teacher/figures/" + fact).isNull()).isTrue();
        }
        assertThat(json.at("/summary/0/compression").isNull()).isTrue();
        assertThat(json.at("/students/0/stages/0/figures/parameters").asLong()).isEqualTo(9_034);
        assertThat(read(Json.file(foreign))).isEqualTo(foreign);
        assertThat(HtmlReport.of(foreign)).contains("<td>teacher</td><td>unknown</td><td>unknown</td><td>unknown</td>");
        assertThat(ResultsTable.of(foreign)).contains("| teacher | unknown | unknown |");
        assertThat(SummaryTable.of(foreign)).containsPattern("teacher +\\| +unknown \\| +unknown \\| +unknown");
    }

    @Test
    void oneOfVersion1IsReadAndShown() throws IOException {
        ObjectNode old = (ObjectNode) JSON.readTree(Json.file(report));
        old.put("version", 1);
        old.remove(List.of("recipe", "warnings"));
        ((ObjectNode) old.at("/dataset")).remove("noun");
        for (JsonNode withCurves : old.findParents("curves")) {
            ((ObjectNode) withCurves).remove("curves");
        }
        for (JsonNode student : old.at("/students")) {
            ((ObjectNode) student).remove("baselineCurves");
        }
        Report read = read(JSON.writeValueAsBytes(old));
        assertThat(read.teacher().curves()).isEmpty();
        assertThat(read.students().get(0).baselineCurves()).isEmpty();
        assertThat(read.dataset().noun()).as("of a shape of three sizes").isEqualTo("images");
        assertThat(HtmlReport.of(read)).contains("tiny, seed 1, distill").doesNotContain("<h2>Training</h2>", "<pre>");
        assertThat(ResultsTable.of(read)).contains("| tiny |");
    }

    private Report read(byte[] json) {
        Path path = new Path(directory.toString(), "report.json");
        storage.write(path, json);
        return Json.find(storage, path, Report.class).orElseThrow();
    }
}
