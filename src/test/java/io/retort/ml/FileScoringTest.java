package io.retort.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.run.progress.Progress;
import io.retort.spark.LocalSpark;
import io.retort.storage.ArtifactException;
import io.retort.storage.Lease;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files, their scores, and what a second job does. */
class FileScoringTest {
    private static final Path REVIEWS = Path.of("src/test/resources/teachers/reviews-test.csv");

    @TempDir
    private Path directory;

    private final SparkSession session = LocalSpark.session();

    private Path data() throws IOException {
        Path data = Files.createDirectories(directory.resolve("data"));
        List<String> lines = Files.readAllLines(REVIEWS);
        for (int file = 0; file < 3; file++) {
            write(data, file, lines, 1 + 50 * file, 1 + 50 * (file + 1));
        }
        return data;
    }

    private static void write(Path data, int file, List<String> lines, int from, int to) throws IOException {
        Files.writeString(
                data.resolve("part-" + file + ".csv"),
                lines.get(0) + "\n" + String.join("\n", lines.subList(from, to)) + "\n");
    }

    private FileScoring.Result score(Path data, OnnxTransformer model) {
        return new FileScoring(session, Progress.silent(), model, out())
                .score(new FileScoring.Input(
                        List.of(data.toString()), "csv", Map.of("header", "true", "inferSchema", "true")));
    }

    private org.apache.hadoop.fs.Path out() {
        return new org.apache.hadoop.fs.Path(directory.resolve("out").toString());
    }

    private static OnnxTransformer reviews() {
        return new OnnxTransformer()
                .setModel(
                        REVIEWS.resolveSibling("reviews.onnx").toAbsolutePath().toString());
    }

    private Dataset<Row> scores() {
        return session.read().parquet(out().toString());
    }

    private Set<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("out"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".parquet"))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void scoresEachRowOnceWhateverHappensBetween() throws IOException {
        Path data = data();
        assertThat(score(data, reviews())).isEqualTo(new FileScoring.Result(150, 3, 0));
        assertThat(scores().columns()).containsExactly("text", "city", "age", "topic", "label", "probabilities");
        Set<String> first = files();
        assertThat(score(data, reviews())).as("all was done").isEqualTo(new FileScoring.Result(0, 0, 3));
        assertThat(files()).isEqualTo(first);

        List<String> lines = Files.readAllLines(REVIEWS);
        write(data, 3, lines, 151, 161);
        // What a job that was killed leaves.
        Files.createDirectories(directory.resolve("out/_retort/scored-half"));
        Files.copy(
                directory.resolve("out").resolve(first.iterator().next()),
                directory.resolve("out/scored-half-0.parquet"));
        assertThat(score(data, reviews())).isEqualTo(new FileScoring.Result(10, 1, 3));
        assertThat(files()).containsAll(first).doesNotContain("scored-half-0.parquet");
        assertThat(directory.resolve("out/_retort/scored-half")).doesNotExist();

        Dataset<Row> given = session.read()
                .option("header", "true")
                .option("inferSchema", "true")
                .csv(REVIEWS.toString());
        assertThat(scores().select("text", "city", "age", "topic")
                        .exceptAll(given)
                        .count())
                .isZero();
        assertThat(scores().count()).isEqualTo(given.count());
        assertThat(reviews().transform(given).exceptAll(scores()).count()).isZero();
    }

    @Test
    void aDirectoryHoldsTheScoresOfOneModel() throws IOException {
        Path data = data();
        score(data, reviews());
        assertThatThrownBy(() -> score(data, reviews().setOutputCols(List.of("p"))))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("out holds the scores of another model, or of other inputs and outputs");
        Files.createDirectories(directory.resolve("other/rows"));
        assertThatThrownBy(() -> new FileScoring(
                                session,
                                Progress.silent(),
                                reviews(),
                                new org.apache.hadoop.fs.Path(
                                        directory.resolve("other").toString()))
                        .score(new FileScoring.Input(List.of(data.toString()), "csv", Map.of("header", "true"))))
                .hasMessageContaining("other is not empty and holds no scores; name another directory");
    }

    @Test
    void aDirectoryWithoutScoresIsFreeForAnotherModel() throws IOException {
        Path data = data();
        OnnxTransformer mistaken =
                reviews().setInputNames(List.of("text", "city", "age")).setInputCols(List.of("text", "city", "years"));
        assertThatThrownBy(() -> score(data, mistaken)).hasMessageContaining("there is no column years");
        assertThat(score(data, reviews()).rows()).isEqualTo(150);
    }

    @Test
    void twoJobsDoNotRemoveEachOthersFiles() throws IOException {
        Path data = data();
        score(data, reviews());
        Storage storage = Storage.of(session.sparkContext().hadoopConfiguration());
        org.apache.hadoop.fs.Path lease = new org.apache.hadoop.fs.Path(out(), "_retort/lease");
        try (Lease other =
                Lease.acquire(storage, lease, "retort score", Lease.Terms.USUAL, java.time.Clock.systemUTC())) {
            other.requireHeld();
            assertThatThrownBy(() -> score(data, reviews()))
                    .isInstanceOf(Lease.HeldException.class)
                    .hasMessageContaining("retort score");
        }
        assertThat(score(data, reviews()).finished()).isEqualTo(3);
    }

    @Test
    void aFileWhoseNameIsAPatternIsReadOnce() throws IOException {
        Path data = data();
        Files.move(data.resolve("part-1.csv"), data.resolve("part-[0].csv"));
        List<String> given = session.read()
                .option("header", "true")
                .csv(REVIEWS.toString())
                .limit(150)
                .select("text")
                .as(Encoders.STRING())
                .collectAsList();
        assertThat(score(data, reviews()).rows()).isEqualTo(150);
        assertThat(scores().select("text").as(Encoders.STRING()).collectAsList())
                .containsExactlyInAnyOrderElementsOf(given);
    }

    @Test
    void refusesARowOfAnotherLength() throws IOException {
        Path data = data();
        Files.writeString(data.resolve("part-2.csv"), "text,city,age,topic\na text,Rome,31,food,further\n");
        assertThatThrownBy(() -> score(data, reviews())).hasStackTraceContaining("Malformed CSV record");
    }

    @Test
    void refusesAFileWhoseColumnsStandInAnotherOrder() throws IOException {
        Files.writeString(directory.resolve("1.csv"), "text,city\na text,Rome\n");
        Path other = Files.writeString(directory.resolve("2.csv"), "city,text\nRome,a text\n");
        FileScoring.Input input = new FileScoring.Input(List.of(directory.toString()), "csv", Map.of("header", "true"));
        FileScoring scoring = new FileScoring(session, Progress.silent(), reviews(), out());
        Dataset<Row> rows =
                scoring.reader(input).schema("text STRING, city STRING").load(other.toString());
        assertThatThrownBy(rows::collectAsList).hasStackTraceContaining("CSV header does not conform to the schema");
    }
}
