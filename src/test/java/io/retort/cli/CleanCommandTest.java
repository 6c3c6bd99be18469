package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CleanCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path root;

    private int clean(String... more) {
        CommandLine commandLine = Retort.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        String[] line = new String[more.length + 3];
        line[0] = "clean";
        line[1] = "--root";
        line[2] = root.toString();
        System.arraycopy(more, 0, line, 3, more.length);
        return commandLine.execute(line);
    }

    @Test
    void saysWhatWouldGoAndThenRemovesIt() throws IOException {
        run("a", "old", 40);
        run("a", "new", 1);
        assertThat(clean("--dry-run")).isZero();
        assertThat(out.toString().replaceAll(" +", " "))
                .contains("runs/a/new | done | ")
                .contains(" | stay | is the newest of its name\n")
                .contains(" | go | began 40 days ago\n")
                .containsPattern("1 of 2 runs and \\d+ B would go, \\d+ B stay\n");
        assertThat(root.resolve("runs/a/old/manifest.json")).exists();

        assertThat(clean()).isZero();
        assertThat(out.toString()).containsPattern("1 of 2 runs and \\d+ B went, \\d+ B stay\n");
        assertThat(root.resolve("runs/a/old")).doesNotExist();
        assertThat(root.resolve("runs/a/new/manifest.json")).exists();
    }

    @Test
    void printsJsonToo() throws IOException {
        run("a", "old", 3);
        run("a", "new", 1);
        assertThat(clean("--keep-runs", "1", "--json")).isZero();
        JsonNode printed = new ObjectMapper().readTree(out.toString());
        assertThat(printed.at("/runs/0/fate").asText()).isEqualTo("STAYS");
        assertThat(printed.at("/runs/1/run").asText()).isEqualTo("runs/a/old");
        assertThat(printed.at("/runs/1/fate").asText()).isEqualTo("GOES");
        assertThat(printed.at("/store/0/kind").asText()).isEqualTo("shards");
        assertThat(printed.at("/goBytes").asLong()).isPositive();
    }

    @Test
    void aLimitThatCannotBeMetFails() throws IOException {
        run("a", "new", 1);
        assertThat(clean("--max-bytes", "10")).isEqualTo(1);
        assertThat(out.toString()).contains(" more than --max-bytes; raise it, or remove a run's directory by hand");
    }

    @Test
    void anEmptyRootIsClean() {
        assertThat(clean()).isZero();
        assertThat(out.toString()).contains("0 of 0 runs and 0 B went, 0 B stay");
    }

    @Test
    void aMissingRootIsAnError() throws IOException {
        Files.delete(root);
        assertThat(clean("--dry-run")).isEqualTo(1);
        assertThat(clean()).isEqualTo(1);
        assertThat(err.toString().lines())
                .containsOnly(root + " does not exist; name the directory that runs write to with --root");
        assertThat(root).doesNotExist();
        Files.createDirectory(root); // for the one who removes it
    }

    @Test
    void limitsThatMeanNothingAreBadUsage() {
        assertThat(clean("--older-than", "soon")).isEqualTo(2);
        assertThat(err.toString())
                .contains("must be a time such as 12h or 30d (s, m, h, d or w behind a whole number), was 'soon'");
        assertThat(clean("--max-bytes", "50x")).isEqualTo(2);
        assertThat(err.toString())
                .contains("must be a size such as 500m or 50g (k, m, g or t behind a whole number), was '50x'");
        assertThat(clean("--keep-runs", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("--keep-runs must be at least 1, was 0");
    }

    private void run(String name, String run, int daysAgo) throws IOException {
        Path directory =
                Files.createDirectories(root.resolve("runs").resolve(name).resolve(run));
        Instant started = Instant.now().minus(Duration.ofDays(daysAgo));
        Files.writeString(
                directory.resolve("manifest.json"),
                "{ \"status\": \"DONE\", \"started\": \"" + started + "\", \"key\": \"k\" }");
    }
}
