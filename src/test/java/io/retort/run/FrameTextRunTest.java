package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.config.ConfigException;
import io.retort.plan.Preview;
import io.retort.report.Report;
import io.retort.scaling.PlannedWorkload;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Students of texts that stand in a table which Spark reads, beside those of the same texts in CSV. */
class FrameTextRunTest {
    private static final String CLASSES = "label = topic, class-names = [sea, sky, wood]";
    private static final List<List<String>> WORDS = List.of(
            List.of("ships", "waves", "salt", "图片", "sea"),
            List.of("clouds", "wings", "blue", "网络服务", "sky"),
            List.of("leaves", "roots", "wood", "文件", "symbols"));

    @TempDir
    private Path directory;

    private final List<String> said = new ArrayList<>();

    @BeforeEach
    void write() throws IOException {
        for (String name : List.of("train", "test")) {
            Path csv = directory.resolve(name + ".csv");
            Files.writeString(csv, name.equals("train") ? texts(480, 1) : texts(192, 2));
            var rows = LocalSpark.session()
                    .read()
                    .option("header", true)
                    .schema("topic STRING, body STRING, p0 FLOAT, p1 FLOAT, p2 FLOAT")
                    .csv(csv.toString())
                    .coalesce(1);
            rows.selectExpr("*", "length(body) AS size")
                    .write()
                    .parquet(directory.resolve(name).toString());
            rows.selectExpr("monotonically_increasing_id() AS row", "*")
                    .write()
                    .json(directory.resolve(name + "-json").toString());
        }
    }

    private static String texts(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder csv = new StringBuilder("topic,body,p0,p1,p2\n");
        for (int i = 0; i < count; i++) {
            int topic = random.nextInt(3);
            csv.append(List.of("sea", "sky", "wood").get(topic)).append(',');
            for (int word = random.nextInt(3) + 1; word >= 0; word--) {
                csv.append(WORDS.get(topic).get(random.nextInt(5)))
                        .append(" the n")
                        .append(random.nextInt(60))
                        .append(' ');
            }
            for (int c = 0; c < 3; c++) {
                csv.append(',').append(c == topic ? 0.8 : 0.1);
            }
            csv.append('\n');
        }
        return csv.toString();
    }

    /** @param source where {@code NAME} stands for train or test */
    private static String recipe(String source) {
        String columns =
                "columns = [{ name = p0, type = float32 }, { name = p1, type = float32 }, { name = p2, type = float32 }]";
        return """
                name = texts
                trainer { micro-batch = 8 }
                data { scaling = none, samples-per-shard = 192
                  train { %1$s, %3$s }
                  test { %2$s, %3$s } }
                teacher { kind = column, columns = [p0, p1, p2], output = probabilities, classes = [sea, sky, wood] }
                students = [{ name = bag, architecture { kind = embedding-bag, dimension = 8 }
                  training { epochs = 6, batch-size = 32, learning-rate { rate = 5e-2 } }
                  losses = [{ kind = cross-entropy, weight = 0.5 }, { kind = soft-target, weight = 0.5 }] }]
                """.formatted(
                        source.replace("NAME", "train"),
                        source.replace("NAME", "test").replace(", vocabulary = 40", ""),
                        columns);
    }

    private String ofSpark(String text) {
        return "kind = spark, " + CLASSES + ", path = \"" + directory + "/NAME\", text { column = body, length = 12"
                + text + " }";
    }

    private String ofCsv(String more) {
        return "kind = text, " + CLASSES + ", paths = [\"" + directory + "/NAME.csv\"], text = body, length = 12"
                + more;
    }

    private RecipeRun.Result run(String recipe) {
        return new RecipeRun(
                        LocalSpark.context(),
                        SmallRun.context(directory.resolve("root"), said::add),
                        SmallRun.bound(recipe))
                .execute();
    }

    private String vocabulary(String source) throws IOException {
        return Files.readString(Path.of(run(recipe(source).replace("epochs = 6", "epochs = 1"))
                        .directory()
                        .toUri()
                        .getPath())
                .resolve("student-bag-seed1/vocabulary.txt"));
    }

    @Test
    void aColumnOfAParquetTableIsReadAsThatOfAFileOfTexts() throws IOException {
        RecipeRun.Result result = run(recipe(ofSpark(", vocabulary = 40")));
        Report report = result.report();
        assertThat(report.students().get(0).distilled().accuracy()).isGreaterThan(0.8);
        assertThat(report.dataset().shape()).containsExactly(12);
        assertThat(report.dataset().noun()).isEqualTo("texts");
        assertThat(report.dataset().texts()).containsKeys("train", "test");
        assertThat(said).contains("vocabulary: 40 tokens, and ids for padding and unknown ones");
        Path run = Path.of(result.directory().toUri().getPath());
        assertThat(run.resolve("student-bag-seed1.tokenizer.json")).exists();
        assertThat(Files.readString(run.resolve("student-bag-seed1/vocabulary.txt")))
                .contains("\nthe\n", "\n图\n")
                .isEqualTo(vocabulary(ofCsv(", vocabulary = 40")));
        assertThat(run(recipe(ofSpark(", vocabulary = 40"))).work()).isEqualTo(RecipeRun.Work.NONE);
        try (Stream<Path> files = Files.list(directory.resolve("root/store/vocabularies"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".txt"))).hasSize(2);
        }
    }

    /** The first rows of files, and those with the least ids; Spark may have them in any order. */
    @Test
    void aLimitHoldsForTheVocabularyToo() throws IOException {
        String first = vocabulary(ofCsv(", limit = 70"));
        assertThat(vocabulary(ofSpark("") + ", limit = 70")).isEqualTo(first);
        String byId = ofSpark("").replace("NAME\"", "NAME-json\", format = json, id = row");
        assertThat(vocabulary(byId + ", limit = 70")).isEqualTo(first);
        assertThat(vocabulary(byId)).isNotEqualTo(first).isEqualTo(vocabulary(ofCsv("")));
    }

    @Test
    void aTokenizerMakesTheIdsOfATable() {
        Path tokenizer = Path.of("src/test/resources/tokenizers/unigram.json").toAbsolutePath();
        String recipe =
                recipe(ofSpark("")).replaceFirst("length = 12", "length = 12, tokenizer = \"" + tokenizer + "\"");
        Report report = run(recipe).report();
        assertThat(report.students().get(0).distilled().accuracy()).isGreaterThan(0.7);
        assertThat(Preview.of(SmallRun.bound(recipe), Storage.of(new Configuration()))
                        .misfits())
                .isEmpty();
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> SmallRun.bound(recipe(ofSpark("") + ", features = [p0]")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "data.train.text: must stand without features, shape, categories and missing = keep:"
                                + " the text is what networks read");
        assertThatThrownBy(() -> SmallRun.bound(recipe(ofSpark(""))
                        .replace("/test\", text { column = body, length = 12 }", "/test\", features = [q]")))
                .hasMessageContaining(
                        "data.test: must hold texts for networks, as train does, in kind text or by text of"
                                + " kind spark, was spark");
        assertThatThrownBy(() -> SmallRun.bound(recipe(ofSpark(", tokenizer = a, vocabulary-file = b"))))
                .hasMessageContaining("data.train.text.tokenizer: must not stand beside vocabulary-file");
        String recipe = recipe(ofSpark("").replace("column = body", "column = size"));
        assertThat(Preview.of(SmallRun.bound(recipe), Storage.of(new Configuration()))
                        .misfits())
                .anyMatch(misfit -> misfit.path().equals("data.train")
                        && misfit.message().contains("column size is of type int: a text must be a string"));
    }

    @Test
    void aPlanKnowsTheNetworkOfATable() {
        PlannedWorkload planned = PlannedWorkload.of(
                SmallRun.bound(recipe(ofSpark(", vocabulary = 40"))), Storage.of(new Configuration()));
        assertThat(planned.workload().train().samples()).isEqualTo(480);
        assertThat(planned.workload().networks().get("student bag").parameters())
                .isEqualTo(42 * 8 + 8 * 3 + 3);
    }
}
