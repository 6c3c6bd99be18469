package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.config.ConfigException;
import io.retort.data.encode.TokenizerFiles;
import io.retort.data.encode.Tokens;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.evaluate.ContingencyTable;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.Shape;
import io.retort.network.Vocabulary;
import io.retort.report.Report;
import io.retort.report.RunComparison.Paired;
import io.retort.report.StudentSection.StageSection;
import io.retort.retrain.PairedStudents;
import io.retort.run.record.RunReports.Ended;
import io.retort.scaling.PlannedWorkload;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Texts from end to end: a TextCNN teaches an embedding-bag, and one that is pruned and quantized. */
@TestInstance(Lifecycle.PER_CLASS) // the run is made once, for all tests
class TextRunTest {
    private static final Storage STORAGE = Storage.of(new Configuration());
    private static final List<String> CLASSES = List.of("sea", "sky", "wood");
    private static final List<List<String>> WORDS = List.of(
            List.of("wave", "ship", "salt", "Ünder", "tide"),
            List.of("cloud", "wing", "blue", "above", "star"),
            List.of("leaf", "root", "bark", "among", "moss"));
    private static final int LENGTH = 8;

    private static final String BAG = """
            { name = bag, architecture { kind = embedding-bag, dimension = 6 }
              training { epochs = 3, batch-size = 32, learning-rate { rate = 5e-2 } }
              losses = [{ kind = cross-entropy, weight = 0.5 }, { kind = soft-target, weight = 0.5, temperature = 3 }] }
            """;

    private static final String CONVOLUTION = """
            { name = cnn, architecture { kind = text-cnn, dimension = 6, widths = [1, 2], filters = 6 }
              training { epochs = 2, batch-size = 32, learning-rate { rate = 2e-2 } }
              losses = [soft-target]
              compress = [{ kind = prune-channels, ratio = 0.3, losses = [] }, { kind = quantize, samples = 128 }] }
            """;

    @TempDir
    private static Path directory;

    private final List<String> said = new ArrayList<>();
    private RecipeRun.Result result;
    private Report report;
    private Path run;

    @BeforeAll
    void execute() throws IOException {
        Files.createDirectories(directory.resolve("train"));
        Files.writeString(directory.resolve("train/a.csv"), texts(400, 1));
        Files.writeString(directory.resolve("train/b.csv"), texts(368, 2));
        Files.writeString(directory.resolve("test.csv"), texts(192, 3));
        result = run(recipe("text-cnn, dimension = 8, widths = [1, 2], filters = 8", "[1]", BAG, CONVOLUTION));
        report = result.report();
        run = Path.of(result.directory().toUri().getPath());
    }

    /** Some words of one class, one of another, and words of none. */
    private static String texts(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder csv = new StringBuilder("topic,body\n");
        for (int i = 0; i < count; i++) {
            int topic = random.nextInt(3);
            csv.append(CLASSES.get(topic)).append(",\"");
            for (int word = random.nextInt(3) + 2; word > 0; word--) {
                csv.append(WORDS.get(topic).get(random.nextInt(5)))
                        .append(", the n")
                        .append(random.nextInt(40))
                        .append(' ');
            }
            csv.append(WORDS.get(random.nextInt(3)).get(0)).append("\"\n");
        }
        return csv.toString();
    }

    private static String data() {
        return """
                data {
                  scaling = none
                  samples-per-shard = 192
                  train { kind = text, paths = ["%1$s/train"], text = body, label = topic, class-names = [sea, sky, wood]
                    length = %2$d, vocabulary = 30 }
                  test { kind = text, paths = ["%1$s/test.csv"], text = body, label = topic, class-names = [sea, sky, wood]
                    length = %2$d }
                }
                """.formatted(directory, LENGTH);
    }

    private static String recipe(String teacher, String seeds, String... students) {
        return data() + """
                name = texts
                seeds = %s
                trainer { micro-batch = 8 }
                teacher { kind = network, architecture { kind = %s }
                  training { epochs = 4, batch-size = 32, learning-rate { rate = 2e-2 } } }
                students = [
                  %s
                ]
                """.formatted(seeds, teacher, String.join("\n", students));
    }

    private RecipeRun.Result run(String recipe) {
        return new RecipeRun(
                        LocalSpark.context(),
                        SmallRun.context(directory.resolve("root"), said::add),
                        SmallRun.bound(recipe))
                .execute();
    }

    @Test
    void teacherAndStudentsLearn() {
        assertThat(said).contains("vocabulary: 30 tokens, and ids for padding and unknown ones");
        assertThat(report.dataset().shape()).containsExactly(LENGTH);
        assertThat(report.teacher().accuracy()).isGreaterThan(0.8);
        assertThat(report.students()).hasSize(2).allSatisfy(student -> {
            assertThat(student.stages().get(0).figures().accuracy()).isGreaterThan(0.7);
            assertThat(student.export().parity().labelAgreement()).isGreaterThan(0.97);
        });
        assertThat(report.students().get(0).export().parity().greatestRelativeDifference())
                .isLessThanOrEqualTo(1e-4);
        assertThat(report.students()
                        .get(0)
                        .stages()
                        .get(0)
                        .figures()
                        .parameters()
                        .orElseThrow())
                .isEqualTo(32 * 6 + 6 * 3 + 3);
    }

    @Test
    void theStudentTakesTokenIdsAndHasItsVocabulary() throws IOException {
        byte[] onnx = Files.readAllBytes(run.resolve("student-bag-seed1.onnx"));
        Network network = NetworkFiles.read(
                STORAGE,
                new org.apache.hadoop.fs.Path(run.resolve("student-bag-seed1").toUri()));
        Vocabulary words = network.structure().vocabulary().orElseThrow();
        assertThat(words.tokens()).hasSize(30).startsWith("the").contains("ünder");
        assertThat(Files.readAllBytes(run.resolve("student-bag-seed1/vocabulary.txt")))
                .isEqualTo(words.toBytes());
        TokenizerFiles.of(network.structure())
                .forEach((file, bytes) ->
                        assertThat(run.resolve("student-bag-seed1." + file)).hasBinaryContent(bytes));
        try (OnnxSession session = OnnxSession.open(onnx, 1)) {
            assertThat(session.input()).isEqualTo(Shape.vector(LENGTH));
            List<?> stored = new ObjectMapper().readValue(session.metadata().get(OnnxSession.VOCABULARY), List.class);
            assertThat(stored).isEqualTo(words.byId());
            float[] ids = new float[2 * LENGTH];
            write("ÜNDER the tide; salt", words, ids, 0);
            write("moss? among 'bark'", words, ids, LENGTH);
            float[] logits = session.logits(ids, 2);
            assertThat(greatest(logits, 0)).isEqualTo(0);
            assertThat(greatest(logits, 3)).isEqualTo(2);
        }
    }

    @Test
    void compressionLeavesTheTableAlone() {
        List<StageSection> stages = report.students().get(1).stages();
        assertThat(stages).extracting(StageSection::kind).containsExactly("distill", "prune-channels", "quantize");
        assertThat(stages.get(1).figures().parameters().orElseThrow())
                .isLessThan(stages.get(0).figures().parameters().orElseThrow());
        assertThat(stages.get(2).toString()).contains("left: float32, for rows of a table are not multiplied");
    }

    @Test
    void studentsOfTextsArePairedAgain() {
        List<Paired> pairs = new PairedStudents(
                        LocalSpark.context(),
                        STORAGE,
                        new org.apache.hadoop.fs.Path(directory.resolve("root").toUri()))
                .of(List.of(new Ended(result.directory(), report)));
        assertThat(pairs).hasSize(1);
        ContingencyTable both = pairs.get(0).pairs();
        assertThat(both.samples()).isEqualTo(192);
        assertThat((both.bothRight() + both.onlyFirst()) / 192.0)
                .isEqualTo(report.students().get(1).distilled().accuracy());
        assertThat((both.bothRight() + both.onlySecond()) / 192.0)
                .isEqualTo(report.students().get(0).distilled().accuracy());
    }

    @Test
    void aFurtherStudentLabelsNothing() {
        Report second = run(recipe("text-cnn, dimension = 8, widths = [1, 2], filters = 8", "[1, 2]", BAG))
                .report();
        assertThat(second.cache().labelled()).isZero();
        assertThat(second.cache().reused()).isPositive();
        assertThat(second.students().get(0).stages().get(0).figures().accuracy())
                .isEqualTo(report.students().get(0).stages().get(0).figures().accuracy());
        assertThat(run(recipe("text-cnn, dimension = 8, widths = [1, 2], filters = 8", "[1]", BAG, CONVOLUTION))
                        .work())
                .isEqualTo(RecipeRun.Work.NONE);
    }

    @Test
    void aPlanReckonsWithTheLargestVocabulary() {
        PlannedWorkload planned =
                PlannedWorkload.of(SmallRun.bound(recipe("embedding-bag, dimension = 4", "[1]", BAG)), STORAGE);
        assertThat(planned.workload().train().samples()).isEqualTo(768);
        assertThat(planned.workload().train().sampleBytes()).isEqualTo(8 + 4 + 2 * LENGTH);
        assertThat(planned.workload().networks().get("teacher").parameters()).isEqualTo(32 * 4 + 4 * 3 + 3);
    }

    @Test
    void refusesWhatMakesNoSenseOfTexts() {
        refuses(
                recipe("embedding-bag", "[1]", BAG).replace("scaling = none", ""),
                "data.scaling: must be none for texts, for token ids are names and not amounts, was standardise");
        refuses(
                recipe("embedding-bag", "[1]", BAG.replace("epochs = 3", "epochs = 3, views { flip = horizontal }")),
                "students: must not be trained with views, as 'bag' is, for the samples are texts;"
                        + " leave views out");
        refuses(
                recipe("embedding-bag", "[1]", BAG).replace("epochs = 4", "epochs = 4, views { crop = 1, count = 2 }"),
                "teacher: must not be trained with views, for the samples are texts; leave views out");
        refuses(
                recipe("embedding-bag", "[1]", BAG).replace("vocabulary = 30", "vocabulary = 0"),
                "data.train.vocabulary: must be in [1, 65534] tokens, for ids have 16 bits, was 0");
        refuses(
                recipe("embedding-bag", "[1]", BAG)
                        .replaceFirst(
                                "test \\{ kind = text, paths = (.*), text = body", "test { kind = csv, paths = $1")
                        .replaceFirst("(?s)(test \\{.*?)length = 8", "$1"),
                "data.test: must hold texts for networks, as train does, in kind text or by text of kind spark, was csv");
    }

    @Test
    void refusesAnArchitectureOfImages() {
        assertThatThrownBy(() -> PlannedWorkload.of(SmallRun.bound(recipe("lenet5", "[1]", BAG)), STORAGE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "teacher does not fit the data: architecture 'lenet5' needs images or vectors of numbers, but the"
                                + " samples are texts of 8 token ids; 'embedding-bag' and 'text-cnn' take them");
    }

    @Test
    void aSavedTeacherNeedsItsOwnVocabulary() {
        String from = run.resolve("student-bag-seed1").toString();
        String taught = recipe("KIND", "[1]", BAG)
                .replaceFirst("(?s)teacher \\{.*?\\} \\} \\}", "teacher { kind = network, from = \"" + from + "\" }");
        String other = taught.replace("vocabulary = 30", "vocabulary = 20");
        assertThatThrownBy(() -> run(other))
                .hasMessageContaining(
                        "teacher.from: the saved network has another vocabulary than the data; let the data have"
                                + " its, by data.train.vocabulary-file = \"" + from + "/vocabulary.txt\""
                                + " (of kind spark, data.train.text.vocabulary-file)");
        String its = taught.replace("vocabulary = 30", "vocabulary-file = \"" + from + "/vocabulary.txt\"");
        assertThat(run(its).report().teacher().accuracy())
                .isEqualTo(report.students().get(0).stages().get(0).figures().accuracy());
    }

    private static void refuses(String recipe, String message) {
        assertThatThrownBy(() -> SmallRun.bound(recipe))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }

    private static void write(String text, Vocabulary words, float[] ids, int at) {
        List<String> tokens = Tokens.of(text, LENGTH);
        for (int i = 0; i < tokens.size(); i++) {
            ids[at + i] = words.id(tokens.get(i));
        }
    }

    private static int greatest(float[] logits, int from) {
        int greatest = from;
        for (int i = from; i < from + 3; i++) {
            greatest = logits[i] > logits[greatest] ? i : greatest;
        }
        return greatest - from;
    }
}
