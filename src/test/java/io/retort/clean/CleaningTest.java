package io.retort.clean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.FlakyFileSystem;
import io.retort.clean.Cleaning.CleanReport;
import io.retort.clean.Cleaning.Retention;
import io.retort.run.GrowingData;
import io.retort.run.RecipeRun;
import io.retort.run.RecipeRun.Work;
import io.retort.run.SmallRun;
import io.retort.run.progress.Progress;
import io.retort.run.progress.ProgressLines;
import io.retort.run.record.RunContext;
import io.retort.run.record.RunDirectory;
import io.retort.storage.Lease;
import io.retort.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** A cleaning of a root with real runs: what goes, what stays, and what a run finds afterwards. */
class CleaningTest {
    private static final int SHARDS = 8;
    private static final Instant NOW = Instant.parse("2026-11-24T08:00:00Z");
    private static final Retention MONTH = new Retention(Duration.ofDays(30), Optional.empty(), Optional.empty());

    private final Storage storage = Storage.of(new Configuration());

    @TempDir
    private static Path directory;

    private static GrowingData data;
    private Path root;

    /** Two runs, 40 days apart; the later one has another teacher and one changed sample. */
    @BeforeAll
    static void runTwice() throws IOException {
        data = new GrowingData(directory, SHARDS);
        execute("twice", NOW.minus(Duration.ofDays(40)));
        data.changeOneWeightOfTheTeacher();
        data.change(0);
        data.write("2026-01-01", 0, SHARDS);
        execute("twice", NOW);
        Path store = directory.resolve("twice/store");
        Path stray = Files.createDirectories(store.resolve("checkpoints"));
        Files.writeString(stray.resolve("0123456789abcdef0123456789abcdef.safetensors"), "of a run that is gone");
        Files.writeString(store.resolve("shards/.key.parquet.1-2-3.tmp"), "cut");
    }

    /** Each test has a root of its own with what these runs left. */
    @BeforeEach
    void copy(TestInfo test) throws IOException {
        root = directory.resolve(test.getTestMethod().orElseThrow().getName());
        FileUtils.copyDirectory(directory.resolve("twice").toFile(), root.toFile());
        age(root);
    }

    @Test
    void removesWhatOnlyTheOldRunUsed() throws IOException {
        CleanReport report = cleaning(MONTH).clean();
        assertThat(report.runs())
                .extracting(run -> run.state() + " " + run.fate())
                .containsExactly("done STAYS", "done GOES");
        // Of the old run: its changed shard and the list that named it, 8 + 2 label files of the other teacher, and a
        // student with its baseline
        // whose figures stand beside the teacher's.
        assertThat(kinds(report))
                .containsEntry("shards", "10 stay, 1 go")
                .containsEntry("lists of shards", "2 stay, 1 go")
                .containsEntry("label files", "10 stay, 10 go")
                .containsEntry("networks", "2 stay, 2 go")
                .containsEntry("checkpoints", "0 stay, 1 go")
                .containsEntry("temporary files", "0 stay, 1 go");
        try (Stream<Path> runs = Files.list(root.resolve("runs/incremental"))) {
            assertThat(runs.filter(run -> Files.exists(run.resolve("manifest.json"))))
                    .hasSize(1);
        }
        assertThat(execute(NOW).work()).isEqualTo(Work.NONE);
        deleteRuns();
        assertThat(execute(NOW).work()).isEqualTo(Work.ALL_REUSED);
        assertThat(kinds(cleaning(MONTH).clean()))
                .allSatisfy((kind, counts) -> assertThat(counts).endsWith(" 0 go"));
    }

    @Test
    void aDryRunWritesNothingAndSaysTheSame() throws IOException {
        Map<String, FileTime> before = files();
        CleanReport plan = cleaning(MONTH).plan();
        assertThat(files()).isEqualTo(before);
        CleanReport done = cleaning(MONTH).clean();
        assertThat(plan.store()).isEqualTo(done.store());
        assertThat(plan.runs()).isEqualTo(done.runs());
        assertThat(plan.goBytes()).isEqualTo(done.goBytes()).isPositive();
    }

    @Test
    void damagedFilesGoByTheirAge() throws IOException {
        Path damaged = Files.writeString(root.resolve("store/shards/.key.parquet.damaged"), "cut");
        Files.setLastModifiedTime(damaged, FileTime.from(NOW.minus(Duration.ofDays(1))));
        assertThat(kinds(cleaning(MONTH).clean())).containsEntry("temporary files", "0 stay, 2 go");
        assertThat(damaged).doesNotExist();
    }

    @Test
    void aModelOnItsWayToExecutorsStaysAsLongAsARunUsesIt() throws IOException {
        for (String model : List.of("used", "unused")) {
            Files.write(
                    Files.createDirectories(root.resolve("store/models/" + model))
                            .resolve("model.onnx"),
                    new byte[100]);
        }
        age(root);
        RunContext context = new RunContext(storage, hadoop(root), clock(NOW), Progress.silent());
        try (RunDirectory live = RunDirectory.create(context, SmallRun.bound(data.recipe()), Map.of(), "key")) {
            live.use().announce(List.of("store/models/used"));
            assertThat(kinds(cleaning(MONTH).clean())).containsEntry("models", "1 stay, 1 go");
        }
        assertThat(root.resolve("store/models/used/model.onnx")).exists();
        assertThat(root.resolve("store/models/unused")).doesNotExist();
    }

    @Test
    void youngEntriesStay() throws IOException {
        Path stray = root.resolve("store/checkpoints/0123456789abcdef0123456789abcdef.safetensors");
        Files.setLastModifiedTime(stray, FileTime.from(NOW.minusSeconds(60)));
        cleaning(MONTH).clean();
        assertThat(stray).exists();
    }

    @Test
    void aCleaningThatBreaksOffAnywhereLeavesARootThatWorks() throws IOException {
        byte[] student = student();
        int brokenOff = 0;
        for (boolean whole = false; !whole; ) {
            FlakyFileSystem.failDeletesAfter(brokenOff);
            Cleaning cleaning = new Cleaning(
                    Storage.of(FlakyFileSystem.configuration()), FlakyFileSystem.path(root), clock(NOW), MONTH);
            try {
                cleaning.clean();
                whole = true;
            } catch (UncheckedIOException e) {
                assertThat(e).hasMessageContaining("the disk is away");
                brokenOff++;
            } finally {
                FlakyFileSystem.failDeletesAfter(-1);
            }
            assertThat(execute(NOW).work()).as("after %d removals", brokenOff).isEqualTo(Work.NONE);
        }
        // Without its manifest, a run that was half removed is of unknown age, so that it stays with what it used.
        assertThat(brokenOff).as("times that it broke off").isGreaterThanOrEqualTo(2);
        cleaning(MONTH).clean();
        deleteRuns();
        assertThat(execute(NOW).work()).isEqualTo(Work.ALL_REUSED);
        assertThat(student()).isEqualTo(student);
    }

    @Test
    void whatIsRemovedFromTheStoreIsMadeAgainWithTheSameBytes() throws IOException {
        byte[] student = student();
        deleteRuns();
        CleanReport report = cleaning(MONTH).clean(); // nobody uses anything any more
        assertThat(kinds(report))
                .allSatisfy((kind, counts) -> assertThat(counts).startsWith("0 stay"));
        assertThat(execute(NOW).work()).isEqualTo(Work.DONE);
        assertThat(student()).isEqualTo(student);
    }

    @Test
    void whatALiveRunAnnouncedStays() throws IOException {
        deleteRuns();
        Path used;
        try (Stream<Path> networks = Files.list(root.resolve("store/networks"))) {
            used = networks.findFirst().orElseThrow();
        }
        RunContext context = new RunContext(storage, hadoop(root), clock(NOW), Progress.silent());
        try (RunDirectory live = RunDirectory.create(context, SmallRun.bound(data.recipe()), Map.of(), "key")) {
            live.use().announce(List.of("store/networks/" + used.getFileName()));
            CleanReport report = cleaning(MONTH).clean();
            assertThat(report.runs()).extracting(CleanReport.Run::state).containsExactly("running");
            assertThat(kinds(report))
                    .containsEntry("networks", "1 stay, 3 go")
                    .containsEntry("shards", "0 stay, 11 go");
            assertThat(used).exists();
        }
        // The lease is given back without an end in the manifest, as when the process was killed.
        CleanReport report = cleaning(new Retention(Duration.ZERO, Optional.empty(), Optional.empty()))
                .clean();
        assertThat(report.runs())
                .extracting(run -> run.state() + " " + run.fate())
                .containsExactly("killed STAYS");
        later(Duration.ofDays(31)).clean();
        assertThat(used).doesNotExist();
    }

    @Test
    void whileARunMakesItsShardsAllShardsStay() throws IOException {
        deleteRuns();
        RunContext context = new RunContext(storage, hadoop(root), clock(NOW), Progress.silent());
        try (RunDirectory live = RunDirectory.create(context, SmallRun.bound(data.recipe()), Map.of(), "key")) {
            live.use().announce(List.of("store/datasets/" + "0".repeat(32) + ".json"));
            assertThat(kinds(cleaning(MONTH).clean()))
                    .containsEntry("shards", "11 stay, 0 go")
                    .containsEntry("label files", "0 stay, 20 go");
        }
    }

    @Test
    void aRunWaitsForACleaningBeforeItLooksIntoTheStore() throws Exception {
        deleteRuns();
        CountDownLatch waiting = new CountDownLatch(1);
        Progress progress = new ProgressLines(
                line -> {
                    if (line.startsWith("waiting for retort clean, process ")) {
                        waiting.countDown();
                    }
                },
                Clock.systemUTC(),
                Duration.ofSeconds(10));
        CompletableFuture<RecipeRun.Result> run;
        Lease cleaner = Lease.acquire(
                storage, hadoop(root.resolve("leases/clean")), "retort clean", Lease.Terms.USUAL, clock(NOW));
        try {
            run = CompletableFuture.supplyAsync(() -> data.execute(name(root), clock(NOW), progress));
            assertThat(waiting.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(run).isNotDone();
            assertThatThrownBy(() -> cleaning(MONTH).clean())
                    .isInstanceOf(Lease.HeldException.class)
                    .hasMessageContaining("leases/clean is held by process ");
            // What the cleaning has found to be unneeded before the run announced it.
            FileUtils.deleteDirectory(root.resolve("store/labels").toFile());
        } finally {
            cleaner.close();
        }
        assertThat(run.get(120, TimeUnit.SECONDS).report().cache().labelled())
                .isEqualTo(SHARDS + GrowingData.TEST_SHARDS);
    }

    @Test
    void aRootOfAnEarlierVersionIsUsedOnAndCleaned() throws IOException {
        byte[] student = student();
        nameAllOtherwise();
        assertThat(execute(NOW.plusSeconds(60)).work())
                .as("nothing is found under its key")
                .isEqualTo(Work.DONE);
        assertThat(student()).isEqualTo(student);
        age(root);
        Retention newest = new Retention(Duration.ofDays(30), Optional.of(1), Optional.empty());
        assertThat(kinds(cleaning(newest).clean()))
                .containsEntry("shards", "10 stay, 11 go")
                .containsEntry("lists of shards", "2 stay, 3 go")
                .containsEntry("label files", "10 stay, 20 go")
                .containsEntry("networks", "2 stay, 4 go");
        assertThat(execute(NOW.plusSeconds(120)).work()).isEqualTo(Work.NONE);
    }

    /** Gives all that has a key another one, as a version does that makes keys otherwise. */
    private void nameAllOtherwise() throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted((one, other) -> other.compareTo(one)).toList()) {
                if (path.toString().endsWith(".json")) {
                    Files.writeString(path, otherwise(Files.readString(path)));
                }
                Files.move(
                        path, path.resolveSibling(otherwise(path.getFileName().toString())));
            }
        }
    }

    private static String otherwise(String text) {
        return Pattern.compile("(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
                .matcher(text)
                .replaceAll(key -> new StringBuilder(key.group()).reverse().toString());
    }

    private Cleaning cleaning(Retention retention) {
        return new Cleaning(storage, hadoop(root), clock(NOW), retention);
    }

    private Cleaning later(Duration by) {
        return new Cleaning(storage, hadoop(root), clock(NOW.plus(by)), MONTH);
    }

    private RecipeRun.Result execute(Instant when) {
        return execute(name(root), when);
    }

    private static RecipeRun.Result execute(String root, Instant when) {
        return data.execute(root, clock(when), Progress.silent());
    }

    private static String name(Path root) {
        return root.getFileName().toString();
    }

    private static Map<String, String> kinds(CleanReport report) {
        Map<String, String> kinds = new TreeMap<>();
        report.store().forEach(kind -> kinds.put(kind.kind(), kind.stay() + " stay, " + kind.go() + " go"));
        return kinds;
    }

    private Map<String, FileTime> files() throws IOException {
        Map<String, FileTime> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.toList()) {
                files.put(file.toString(), Files.getLastModifiedTime(file));
            }
        }
        return files;
    }

    private byte[] student() throws IOException {
        try (Stream<Path> all = Files.list(root.resolve("runs/incremental"))) {
            Path newest = all.sorted().reduce((one, other) -> other).orElseThrow();
            return Files.readAllBytes(newest.resolve("student-dense-seed1.onnx"));
        }
    }

    private void deleteRuns() throws IOException {
        FileUtils.deleteDirectory(root.resolve("runs").toFile());
        age(root);
    }

    /** Makes all that is there older than any grace. */
    private static void age(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.toList()) {
                Files.setLastModifiedTime(path, FileTime.from(NOW.minus(Duration.ofDays(2))));
            }
        }
    }

    private static Clock clock(Instant now) {
        return Clock.fixed(now, ZoneOffset.UTC);
    }

    private static org.apache.hadoop.fs.Path hadoop(Path path) {
        return GrowingData.hadoop(path);
    }
}
