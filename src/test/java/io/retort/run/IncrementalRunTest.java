package io.retort.run;

import static io.retort.run.GrowingData.TEST_SHARDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.retort.report.Report;
import io.retort.run.progress.Progress;
import io.retort.storage.Digest;
import io.retort.storage.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run does again when something has changed since the one before: 64 shards of real images. */
class IncrementalRunTest {
    private static final int SHARDS = 64;

    @TempDir
    private Path directory;

    private GrowingData data;

    @BeforeEach
    void writeDataAndTeacher() throws IOException {
        data = new GrowingData(directory, SHARDS);
    }

    @Test
    void nothingChangedIsNothingToDo() throws IOException {
        RecipeRun.Result first = execute("root");
        assertThat(first.work()).isEqualTo(RecipeRun.Work.DONE);
        RecipeRun.Result second = execute("root");
        assertThat(second.work()).isEqualTo(RecipeRun.Work.NONE);
        assertThat(second.directory()).isEqualTo(first.directory());
        assertThat(Json.file(second.report())).isEqualTo(Json.file(first.report()));
        assertThat(runs()).hasSize(1);
    }

    @Test
    void aRunWhoseModelsAreGoneIsMadeAgainFromTheStore() throws IOException {
        RecipeRun.Result first = execute("root");
        Files.delete(local(first.directory())
                .resolve(first.report().students().get(0).export().path()));
        RecipeRun.Result second = execute("root");
        assertThat(second.work()).isEqualTo(RecipeRun.Work.ALL_REUSED);
        assertThat(second.report().cache().labelled()).isZero();
        assertThat(second.report().students()).isEqualTo(first.report().students());
        assertThat(runs()).hasSize(2);
    }

    @Test
    void oneChangedSampleIsOneShardLabelled() throws IOException {
        execute("root");
        data.change(100); // is in shard 25
        data.write("2026-01-01", 0, SHARDS);
        Report second = execute("root").report();
        assertThat(second.cache())
                .isEqualTo(new Report.CacheSection(SHARDS + TEST_SHARDS, 1, SHARDS + TEST_SHARDS - 1));
        assertThat(student("root")).isEqualTo(studentOfAFreshRoot());
    }

    @Test
    void tenAppendedShardsAreTenLabelled() throws IOException {
        execute("root");
        data.write("2026-01-02", SHARDS, 10);
        assertThat(execute("root").report().cache())
                .isEqualTo(new Report.CacheSection(SHARDS + 10 + TEST_SHARDS, 10, SHARDS + TEST_SHARDS));
        assertThat(student("root")).isEqualTo(studentOfAFreshRoot());
    }

    @Test
    void samplesAppendedToAFileAreTheOnlyOnesLabelled() throws IOException {
        execute("root");
        data.write("2026-01-01", 0, SHARDS + 10);
        assertThat(execute("root").report().cache())
                .isEqualTo(new Report.CacheSection(SHARDS + 10 + TEST_SHARDS, 10, SHARDS + TEST_SHARDS));
    }

    @Test
    void anotherWeightOfTheTeacherIsAllLabelledAgain() throws IOException {
        execute("root");
        data.changeOneWeightOfTheTeacher();
        assertThat(execute("root").report().cache())
                .isEqualTo(new Report.CacheSection(SHARDS + TEST_SHARDS, SHARDS + TEST_SHARDS, 0));
    }

    @Test
    void dataInAnotherPlaceAreNotLabelledAgain() throws IOException {
        execute("root");
        data.moveTo("moved");
        RecipeRun.Result second = execute("root");
        assertThat(second.report().cache())
                .isEqualTo(new Report.CacheSection(SHARDS + TEST_SHARDS, 0, SHARDS + TEST_SHARDS));
        assertThat(second.work()).isEqualTo(RecipeRun.Work.ALL_REUSED);
    }

    private String studentOfAFreshRoot() throws IOException {
        execute("fresh");
        return student("fresh");
    }

    /** The digest of the student in the newest run. */
    private String student(String root) throws IOException {
        try (var all = Files.list(directory.resolve(root).resolve("runs/incremental"))) {
            Path newest = all.sorted().reduce((one, other) -> other).orElseThrow();
            return new Digest()
                    .add(Files.readAllBytes(newest.resolve("student-dense-seed1.onnx")))
                    .key();
        }
    }

    private List<Path> runs() throws IOException {
        try (var all = Files.list(directory.resolve("root/runs/incremental"))) {
            return all.toList();
        }
    }

    private RecipeRun.Result execute(String root) {
        return data.execute(root, Clock.systemUTC(), Progress.silent());
    }

    private static Path local(org.apache.hadoop.fs.Path path) {
        return Path.of(path.toUri().getPath());
    }
}
