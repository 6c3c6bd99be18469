package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.report.SampleReport;
import io.retort.run.WrittenReports;
import io.retort.storage.Storage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ResultsCommandTest {
    private static final String ROW = "| tiny | 9,034 | 1,000 | 91.00 % | 90.00 % | 89.99 % |";

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void writeAReport() {
        WrittenReports.write(
                Storage.of(new Configuration()),
                new org.apache.hadoop.fs.Path(directory.toUri()),
                "20260101-000000",
                SampleReport.of("losses", List.of("boot", "bag")));
    }

    private int execute(String... arguments) {
        CommandLine commandLine = Retort.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }

    @Test
    void printsTheNewestRunsTable() {
        assertThat(execute("results", "losses", "--root", directory.toString())).isZero();
        assertThat(out.toString()).contains(ROW);
    }

    @Test
    void replacesWhatStandsBetweenTheMarkersOfAPage() throws Exception {
        Path page = Files.writeString(
                directory.resolve("page.md"),
                "before\n<!-- results losses: begin -->\nold\n<!-- results losses: end -->\nafter\n");
        for (int i = 0; i < 2; i++) { // twice is as good as once
            assertThat(execute("results", "losses", "--root", directory.toString(), "--into", page.toString()))
                    .isZero();
            assertThat(Files.readString(page))
                    .startsWith("before\n<!-- results losses: begin -->\n\n60,000")
                    .contains(ROW)
                    .doesNotContain("old")
                    .endsWith("|\n\n<!-- results losses: end -->\nafter\n");
        }
    }

    @Test
    void refusesAPageWithoutAPlaceForThem() throws Exception {
        Path page = Files.writeString(directory.resolve("page.md"), "no place\n");
        assertThat(execute("results", "losses", "--root", directory.toString(), "--into", page.toString()))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("--into: " + page
                        + " needs the two lines '<!-- results losses: begin -->' and '<!-- results losses: end -->'");
        assertThat(Files.readString(page)).isEqualTo("no place\n");
    }

    @Test
    void saysWhichRunsThereAre() {
        assertThat(execute("results", "loses", "--root", directory.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("no run of 'loses' with a report under", "there are runs of [losses]");
        assertThat(execute("results", "losses", "--root", directory + "/elsewhere"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("there are no runs; another --root, or run it first");
    }
}
