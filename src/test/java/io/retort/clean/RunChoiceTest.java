package io.retort.clean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.clean.Cleaning.CleanReport;
import io.retort.clean.Cleaning.Retention;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which runs a cleaning removes, on directories that hold no more than a manifest. */
class RunChoiceTest {
    private static final Instant NOW = Instant.parse("2026-11-24T08:00:00Z");
    private static final Duration MONTH = Duration.ofDays(30);

    private final Storage storage = Storage.of(new Configuration());

    @TempDir
    private Path root;

    @Test
    void removesWhatIsTooOldButNeverTheNewestFinishedRunOfAName() throws IOException {
        run("a", 90, "DONE");
        run("a", 60, "DONE");
        run("a", 50, "FAILED");
        run("a", 40, "RUNNING"); // its process is gone
        run("b", 31, "DONE");
        run("b", 29, "DONE");
        run("b", 1, "FAILED");
        assertThat(decisions(new Retention(MONTH, Optional.empty(), Optional.empty())))
                .containsExactly(
                        "runs/b/1 failed STAYS began 1 days ago",
                        "runs/b/29 done STAYS is the newest of its name",
                        "runs/b/31 done GOES began 31 days ago",
                        "runs/a/40 killed GOES began 40 days ago",
                        "runs/a/50 failed GOES began 50 days ago",
                        "runs/a/60 done STAYS is the newest of its name",
                        "runs/a/90 done GOES began 90 days ago");
        assertThat(left()).containsExactly("a/60", "b/1", "b/29");
    }

    @Test
    void keepsSoManyFinishedRunsOfEachName() throws IOException {
        for (int day : List.of(1, 2, 3, 4)) {
            run("a", day, "DONE");
            run("b", day, day < 3 ? "FAILED" : "DONE");
        }
        decisions(new Retention(MONTH, Optional.of(2), Optional.empty()));
        assertThat(left()).containsExactly("a/1", "a/2", "b/1", "b/2", "b/3", "b/4");
    }

    @Test
    void removesTheOldestUntilTheRestFits() throws IOException {
        for (int day : List.of(1, 2, 3, 4)) {
            Path run = run("a", day, "DONE");
            Files.write(run.resolve("student.onnx"), new byte[10_000]);
        }
        Path network = Files.createDirectories(root.resolve("store/networks/n"));
        Files.write(network.resolve("tensors.safetensors"), new byte[10_000]);
        age(network);
        Files.writeString(
                root.resolve("runs/a/4/uses.json"), "{ \"version\": 1, \"entries\": [\"store/networks/n\"] }");
        // Four runs and what the oldest uses are more than 50,000 bytes, two runs less than 25,000.
        CleanReport report = new Cleaning(
                        storage, hadoop(root), clock(), new Retention(MONTH, Optional.empty(), Optional.of(25_000L)))
                .clean();
        assertThat(left()).containsExactly("a/1", "a/2");
        assertThat(network).doesNotExist();
        assertThat(report.maxBytesMissed()).isZero();
        assertThat(report.stayBytes()).isBetween(20_000L, 25_000L);
    }

    @Test
    void saysByHowMuchALimitIsMissed() throws IOException {
        Path run = run("a", 1, "DONE");
        Files.write(run.resolve("student.onnx"), new byte[10_000]);
        CleanReport report = new Cleaning(
                        storage, hadoop(root), clock(), new Retention(MONTH, Optional.empty(), Optional.of(9_000L)))
                .clean();
        assertThat(left()).containsExactly("a/1");
        assertThat(report.maxBytesMissed()).isBetween(1_000L, 2_000L);
    }

    @Test
    void keepsARunWhoseStudentIsTheTeacherOfOneThatStays() throws IOException {
        run("big", 90, "DONE");
        run("big", 80, "DONE");
        run("big", 70, "DONE");
        Path small = run("small", 1, "DONE");
        Files.writeString(
                small.resolve("uses.json"),
                "{ \"version\": 1, \"entries\": [\"runs/big/90/student-s-seed1\", \"store/networks/n\"] }");
        assertThat(decisions(new Retention(MONTH, Optional.empty(), Optional.empty())))
                .contains("runs/big/90 done STAYS holds the teacher of runs/small/1");
        assertThat(left()).containsExactly("big/70", "big/90", "small/1");
    }

    @Test
    void removesWhatACleaningLeftThatWasKilled() throws IOException {
        Path half = Files.createDirectories(root.resolve("runs/a/half"));
        Files.writeString(half.resolve("report.json"), "{}");
        age(half);
        Path beginning = Files.createDirectories(root.resolve("runs/a/beginning"));
        Files.setLastModifiedTime(beginning, FileTime.from(NOW.minusSeconds(60)));
        decisions(new Retention(MONTH, Optional.empty(), Optional.empty()));
        assertThat(left()).containsExactly("a/beginning");
    }

    @Test
    void refusesLimitsThatMeanNothing() {
        assertThatThrownBy(() -> new Retention(MONTH, Optional.of(0), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("keep-runs must be at least 1, was 0");
    }

    /** Cleans, and checks that a plan says the same. */
    private List<String> decisions(Retention retention) {
        Cleaning cleaning = new Cleaning(storage, hadoop(root), clock(), retention);
        CleanReport plan = cleaning.plan();
        CleanReport done = cleaning.clean();
        assertThat(done.runs())
                .extracting(CleanReport.Run::fate)
                .isEqualTo(plan.runs().stream().map(CleanReport.Run::fate).toList());
        assertThat(done.store()).isEqualTo(plan.store());
        return done.runs().stream()
                .map(run -> run.run() + " " + run.state() + " " + run.fate() + " " + run.reason())
                .toList();
    }

    private Path run(String name, int daysAgo, String status) throws IOException {
        Path run = Files.createDirectories(root.resolve("runs").resolve(name).resolve(Integer.toString(daysAgo)));
        String started = NOW.minus(Duration.ofDays(daysAgo)).toString();
        Files.writeString(
                run.resolve("manifest.json"),
                "{ \"status\": \"" + status + "\", \"started\": \"" + started + "\", \"key\": \"k\" }");
        return run;
    }

    private List<String> left() throws IOException {
        Path runs = root.resolve("runs");
        try (Stream<Path> all = Files.walk(runs, 2)) {
            return all.filter(path -> path.getNameCount() == runs.getNameCount() + 2)
                    .map(path -> runs.relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }

    /** Makes a directory and all in it older than any grace. */
    private static void age(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.toList()) {
                Files.setLastModifiedTime(path, FileTime.from(NOW.minus(Duration.ofDays(2))));
            }
        }
    }

    private static Clock clock() {
        return Clock.fixed(NOW, ZoneOffset.UTC);
    }

    private static org.apache.hadoop.fs.Path hadoop(Path path) {
        return new org.apache.hadoop.fs.Path(path.toString());
    }
}
