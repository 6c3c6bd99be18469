package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.config.ConfigException;
import io.retort.data.encode.TokenInput;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.Vocabulary;
import io.retort.report.Report;
import io.retort.retrain.Retraining;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Students that read the ids of a user's tokenizer, from end to end. */
class TokenizerRunTest {
    private static final Path FILES = Path.of("src/test/resources/tokenizers").toAbsolutePath();
    private static final Storage STORAGE = Storage.of(new Configuration());
    private static final int LENGTH = 12;

    /** What tells the classes apart is parts of words, and Chinese without spaces between them. */
    private static final List<List<String>> WORDS = List.of(
            List.of("ships", "waves", "salt", "图片", "sea"),
            List.of("clouds", "wings", "blue", "网络服务", "sky"),
            List.of("leaves", "roots", "wood", "文件", "symbols"));

    private static final String BAG = """
            { name = bag, architecture { kind = embedding-bag, dimension = 8 }
              training { epochs = 6, batch-size = 32, learning-rate { rate = 5e-2 } }
              losses = [{ kind = cross-entropy, weight = 0.5 }, { kind = soft-target, weight = 0.5 }] }
            """;

    private static final String CONVOLUTION = """
            { name = cnn, architecture { kind = text-cnn, dimension = 6, widths = [1, 2], filters = 8 }
              training { epochs = 4, batch-size = 32, learning-rate { rate = 2e-2 } }, losses = [soft-target]
              compress = [{ kind = quantize, samples = 128 }] }
            """;

    @TempDir
    private Path directory;

    private final List<String> said = new ArrayList<>();

    @BeforeEach
    void write() throws IOException {
        Files.createDirectories(directory.resolve("train"));
        Files.writeString(directory.resolve("train/a.csv"), texts(480, 1));
        Files.writeString(directory.resolve("test.csv"), texts(192, 2));
    }

    private static String texts(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder csv = new StringBuilder("topic,body,p0,p1,p2\n");
        for (int i = 0; i < count; i++) {
            int topic = random.nextInt(3);
            csv.append(topic).append(',');
            for (int word = random.nextInt(3) + 1; word >= 0; word--) {
                csv.append(WORDS.get(topic).get(random.nextInt(5)))
                        .append(List.of(" the ", " and ", "").get(random.nextInt(3)));
            }
            for (int c = 0; c < 3; c++) {
                csv.append(',').append(c == topic ? 0.8 : 0.1);
            }
            csv.append('\n');
        }
        return csv.toString();
    }

    private String recipe(String tokenizer, String... students) {
        String source = "kind = text, text = body, label = topic, class-names = [sea, sky, wood], length = " + LENGTH
                + ", columns = [{ name = p0, type = float32 }, { name = p1, type = float32 }, { name = p2, type = float32 }]";
        return """
                name = texts
                trainer { micro-batch = 8 }
                data { scaling = none, samples-per-shard = 192
                  train { %1$s, paths = ["%2$s/train"], %3$s }
                  test { %1$s, paths = ["%2$s/test.csv"] } }
                teacher { kind = column, columns = [p0, p1, p2], output = probabilities, classes = [sea, sky, wood] }
                students = [%4$s]
                """.formatted(source, directory, tokenizer, String.join("\n", students));
    }

    private static String tokenizer(String name) {
        return "tokenizer = \"" + FILES.resolve(name + ".json") + "\"";
    }

    private RecipeRun.Result run(String recipe) {
        return new RecipeRun(
                        LocalSpark.context(),
                        SmallRun.context(directory.resolve("root"), said::add),
                        SmallRun.bound(recipe))
                .execute();
    }

    @Test
    void studentsLearnFromTheIdsOfATokenizer() throws IOException {
        RecipeRun.Result result = run(recipe(tokenizer("unigram"), BAG, CONVOLUTION)); // 1 pads
        Report report = result.report();
        assertThat(report.students()).allSatisfy(student -> {
            assertThat(student.stages().get(0).figures().accuracy()).isGreaterThan(0.8);
            assertThat(student.export().parity().labelAgreement()).isGreaterThan(0.97);
        });
        assertThat(report.students().get(0).export().parity().greatestRelativeDifference())
                .isLessThanOrEqualTo(1e-4);

        Path run = Path.of(result.directory().toUri().getPath());
        Network bag = NetworkFiles.read(
                STORAGE,
                new org.apache.hadoop.fs.Path(run.resolve("student-bag-seed1").toUri()));
        Vocabulary vocabulary = bag.structure().vocabulary().orElseThrow();
        for (String file : List.of("student-bag-seed1.tokenizer.json", "student-bag-seed1/tokenizer.json")) {
            assertThat(TokenInput.vocabulary(Files.readAllBytes(run.resolve(file)), file, LENGTH))
                    .isEqualTo(vocabulary);
        }
        assertThat(run.resolve("student-bag-seed1.tokenizer-test.json")).exists();
        try (OnnxSession session = OnnxSession.open(Files.readAllBytes(run.resolve("student-bag-seed1.onnx")), 1)) {
            assertThat(session.metadata()).containsEntry("tokens", "tokenizer.json/" + vocabulary.digest());
            float[] padded = new float[2 * LENGTH];
            java.util.Arrays.fill(padded, 1);
            padded[0] = 0;
            padded[LENGTH] = 0;
            padded[LENGTH + 5] = 0; // the mean of one row, once and twice
            float[] logits = session.logits(padded, 2);
            assertThat(logits[0]).isEqualTo(logits[3]).isNotZero();
        }
    }

    @Test
    void anotherTokenizerLabelsNothingAnew() {
        assertThat(run(recipe(tokenizer("word-piece"), BAG)).report().cache().labelled())
                .isPositive();
        Report other = run(recipe(tokenizer("bytes-bpe"), BAG)).report();
        assertThat(other.cache().labelled()).isZero();
        assertThat(other.cache().reused()).isPositive();
        assertThat(other.students().get(0).stages().get(0).figures().accuracy()).isGreaterThan(0.8);
        assertThat(run(recipe("vocabulary = 30", BAG)).report().cache().labelled())
                .isZero();
        assertThat(run(recipe(tokenizer("bytes-bpe"), BAG)).work()).isEqualTo(RecipeRun.Work.NONE);
    }

    @Test
    void aNightlyRetrainingKeepsTheTokenizer() throws IOException {
        String retrain = """
                retrain { model = topics, student = bag, gates { agreement.margin = 0.5, latency.growth = 1000
                  accuracy { margin = 0.5, teacher-gap = 0.5, significance = 1e-6 }, calibration { margin = 1, most = 1 } } }
                """;
        assertThat(retrain(recipe(tokenizer("bytes-bpe"), BAG) + retrain)).isEqualTo(Retraining.Outcome.PROMOTED);
        Path version = directory.resolve("root/registry/topics/versions/1");
        assertThat(version.resolve("tokenizer.json")).exists();
        Files.writeString(directory.resolve("train/b.csv"), texts(192, 3));
        // the published one is the same tokenizer, though it says how long texts are
        assertThat(retrain(recipe("tokenizer = \"" + version.resolve("tokenizer.json") + "\"", BAG) + retrain))
                .isIn(Retraining.Outcome.PROMOTED, Retraining.Outcome.REFUSED);
        assertThat(said).noneMatch(line -> line.contains("another vocabulary"));
        assertThatThrownBy(() -> retrain(recipe(tokenizer("unigram"), BAG) + retrain))
                .hasMessageContaining("has another vocabulary than the data; let the data have its, by"
                        + " data.train.tokenizer = \"" + directory.resolve("root/registry/topics/versions/"));
    }

    private Retraining.Outcome retrain(String recipe) {
        return new Retraining(
                        LocalSpark.context(),
                        SmallRun.context(directory.resolve("root"), said::add),
                        SmallRun.bound(recipe))
                .execute()
                .outcome();
    }

    @Test
    void refusesWhatMakesNoSenseOfATokenizer() {
        refuses(
                recipe(tokenizer("unigram") + ", vocabulary-file = \"words.txt\"", BAG),
                "data.train.tokenizer: must not stand beside vocabulary-file, for it has a vocabulary");
        refuses(
                recipe(tokenizer("unigram"), BAG).replace("length = 12", "length = 2"),
                "length: must be at least 3 beside tokenizer, which may add two tokens to each text, was 2");
        refuses(
                recipe("vocabulary = 30", BAG).replace("test { ", "test { " + tokenizer("unigram") + ", "),
                "data.test: must have the tokenizer of train or none, for held-out texts are cut as the training texts"
                        + " are, was " + FILES.resolve("unigram.json"));
    }

    private static void refuses(String recipe, String message) {
        assertThatThrownBy(() -> SmallRun.bound(recipe))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }
}
