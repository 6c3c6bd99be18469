package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.retort.report.Report;
import io.retort.report.SampleReport;
import io.retort.run.WrittenReports;
import io.retort.storage.Storage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CompareCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int compare(String... arguments) {
        CommandLine commandLine = Retort.commandLine(List.of("compare"));
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        String[] words = new String[arguments.length + 2];
        words[0] = "compare";
        words[1] = "--root=" + directory;
        System.arraycopy(arguments, 0, words, 2, arguments.length);
        return commandLine.execute(words);
    }

    /** Writes a report, and changes its file. */
    private Path write(String name, Consumer<JsonNode> change) throws IOException {
        Report report = SampleReport.of(name, List.of("boot", "bag"));
        WrittenReports.write(
                Storage.of(new Configuration()),
                new org.apache.hadoop.fs.Path(directory.toUri()),
                "20260101-000000",
                report);
        Path run = directory.resolve("runs").resolve(name).resolve("20260101-000000");
        JsonNode tree = JSON.readTree(run.resolve("report.json").toFile());
        change.accept(tree);
        Files.delete(run.resolve(".report.json.crc"));
        JSON.writeValue(run.resolve("report.json").toFile(), tree);
        return run;
    }

    private static void setScore(JsonNode report, double accuracy) {
        ((ObjectNode) report.at("/students/0/stages/0/figures")).put("accuracy", accuracy);
    }

    private List<String> lines() {
        return out.toString()
                .lines()
                .map(line -> line.replaceAll(" +", " ").strip())
                .toList();
    }

    @Test
    void networksOfTheSameRowsStandBesideEachOther() throws IOException {
        write("plain", report -> {});
        Path better = write("better", report -> setScore(report, 0.93));
        assertThat(compare("plain", better.toString())).as(err::toString).isZero();
        assertThat(lines())
                .anyMatch(line -> line.startsWith("plain/20260101-000000 | teacher | accuracy 94.12 %"))
                .anyMatch(line -> line.matches("plain/\\S+ \\| tiny \\| accuracy 91.00 % \\|.* \\| \\+1.01"
                        + " \\[\\+0.20, \\+1.82\\] \\| gain \\|"))
                .anyMatch(line -> line.matches("better/\\S+ \\| tiny \\| accuracy 93.00 % .* \\| gain \\|"
                        // 2 ± 1.96 · √((0.93 · 0.07 + 0.91 · 0.09) / 10,000)
                        + " \\+2.00 \\[\\+1.25, \\+2.75\\]"))
                .anyMatch(line -> line.startsWith("no paired test (McNemar): a run keeps counts")
                        && line.endsWith("--paired asks the students about the rows again"))
                .noneMatch(line -> line.contains("cannot be compared"));
    }

    @Test
    void refusesTheSameRunTwice() throws IOException {
        Path run = write("plain", report -> {});
        assertThat(compare("plain", run.toString())).isEqualTo(2);
        assertThat(err.toString())
                .contains("'plain' and '" + run + "' are the same run, file:" + run + "; name each run once");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void otherRowsAndMachinesAreTold() throws IOException {
        write("plain", report -> {});
        write("other", report -> {
            ((ObjectNode) report.path("dataset")).put("test", "elsewhere");
            ((ObjectNode) report.path("environment")).put("cpu", "abacus");
        });
        assertThat(compare("plain", "other/20260101-000000", "--json"))
                .as(err::toString)
                .isZero();
        JsonNode told = JSON.readTree(out.toString());
        assertThat(told.path("rows")).hasSize(4);
        assertThat(told.at("/rows/1/verdict").asText()).isEqualTo("gain");
        assertThat(told.at("/rows/1/bytes").isIntegralNumber()).isTrue();
        assertThat(told.at("/rows/3").has("overFirst")).isFalse();
        assertThat(told.path("notes").toString())
                .contains(
                        "scores of other/20260101-000000 and plain/20260101-000000 cannot be compared: other rows were held out",
                        "measured on different processors: abacus, an unknown one");
    }

    @Test
    void aRetrainingHasItsPairedTest() throws IOException {
        write("nightly", report -> {
            JsonNode figures = report.at("/students/0/stages/0/figures");
            ObjectNode challenge = ((ObjectNode) report).putArray("challenges").addObject();
            challenge
                    .put("model", "shoes")
                    .put("student", "tiny")
                    .put("seed", 1)
                    .put("start", "scratch");
            challenge.put("outcome", "PROMOTED").put("champion", 2).putArray("gates");
            challenge
                    .putObject("pairs")
                    .put("bothRight", 80)
                    .put("onlyFirst", 5)
                    .put("onlySecond", 0)
                    .put("bothWrong", 15);
            ObjectNode contender = challenge.putArray("contenders").addObject();
            contender.put("name", "champion 1").putArray("figures").add(figures.deepCopy());
            contender
                    .putObject("scores")
                    .put("accuracy", 0.9)
                    .put("agreement", 0.9)
                    .put("calibrationError", 0.1)
                    .put("bytes", 1)
                    .put("latencyMillis", 0.1);
            challenge.set("export", report.at("/students/0/export"));
            challenge.putNull("drift");
        });
        assertThat(compare("nightly")).as(err::toString).isZero();
        assertThat(lines())
                .anyMatch(line -> line.contains(
                        "the challenger of 'shoes' is right on 5 of 100 rows where the champion is wrong, and wrong on 0"
                                + " where it is right; by chance alone so large a lead has probability 0.0313"))
                .anyMatch(line -> line.contains("| champion 1 | accuracy 91.00 %"));
        assertThat(compare("daily")).isEqualTo(1);
        assertThat(err.toString()).contains("no run of 'daily' with a report", "there are runs of [nightly]");
    }
}
