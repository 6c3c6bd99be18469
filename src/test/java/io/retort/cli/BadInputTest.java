package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.Pictures;
import io.retort.RetortProcess;
import io.retort.distill.loss.Losses;
import io.retort.network.zoo.Architecture;
import io.retort.spark.LocalSpark;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a user sees when something is wrong: one message that says what, an exit code, and no stack trace. */
class BadInputTest {
    @TempDir
    private Path directory;

    private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();
    private final PrintStream before = System.err;

    @BeforeEach
    void listen() throws IOException {
        System.setErr(new PrintStream(terminal, true, StandardCharsets.UTF_8));
        Pictures.write(Pictures.of(60, 0), directory.resolve("images"), directory.resolve("labels"));
    }

    @AfterEach
    void giveBack() {
        System.setErr(before);
    }

    /** An exit code and what stood on the terminal, the run's own progress left out. */
    private record Outcome(int exitCode, String message) {}

    private Outcome run(String recipe, String... arguments) throws IOException {
        LocalSpark.session().stop(); // the command starts its own
        Path file = Files.writeString(directory.resolve("bad.conf"), recipe);
        String[] line = Stream.concat(
                        Stream.of("run", file.toString()),
                        arguments.length > 0
                                ? Arrays.stream(arguments)
                                : Stream.of("--root", directory.resolve("root").toString()))
                .toArray(String[]::new);
        StringWriter err = new StringWriter();
        CommandLine commandLine = Retort.commandLine();
        commandLine.setErr(new PrintWriter(err));
        int exitCode = commandLine.execute(line);
        String all = terminal.toString(StandardCharsets.UTF_8) + err;
        assertThat(all).doesNotContain("\tat ").doesNotContain("Exception");
        String message = err.toString()
                .lines()
                .filter(said -> !said.startsWith("SLOW ") && !said.matches("(train|test|label|labels|no students): .*"))
                .reduce("", (one, other) -> one + other + "\n")
                .replace(directory.toString(), "DIR")
                .replaceAll("/runs/bad/[0-9-]+/", "/runs/bad/RUN/");
        return new Outcome(exitCode, message.strip());
    }

    private static final String LOG = "\nThe stack trace is in DIR/root/runs/bad/RUN/log";

    /** What is refused before anything is run, at a key of the recipe's fourth line (train) or fifth (test). */
    private static Outcome refused(String problem) {
        return new Outcome(2, "1 problem in the recipe; nothing was run.\n  DIR/bad.conf" + problem);
    }

    private static final String NETWORKS = """
            name = bad
            teacher { kind = network, architecture { kind = conv-net, chain = [cbr4] }, training.epochs = 1 }
            students = [{ name = s, architecture { kind = mlp, hidden = [4] }, training.epochs = 1, losses = [soft-target] }]
            """;

    /** A recipe whose data are these. */
    private String recipe(String train, String test) {
        return NETWORKS + "data { train " + train + "\n test " + test + " }\n";
    }

    private String idx(String images, String labels, int classes) {
        return "{ kind = idx, images = [\"" + directory.resolve(images) + "\"], labels = [\""
                + directory.resolve(labels) + "\"], classes = " + classes + " }";
    }

    private String good() {
        return idx("images", "labels", 3);
    }

    private String csv(String name, String content, String settings) throws IOException {
        Path file = Files.writeString(directory.resolve(name), content);
        return "{ kind = csv, paths = [\"" + file + "\"], label = y, classes = 2, " + settings + " }";
    }

    @Test
    void missingFile() throws IOException {
        assertThat(run(recipe(idx("gone", "labels", 3), good())))
                .isEqualTo(refused(
                        ":4  data.train.images: DIR/gone is no file, no directory with files and no pattern that"
                                + " matches any"));
    }

    @Test
    void truncatedFile() throws IOException {
        byte[] whole = Files.readAllBytes(directory.resolve("images"));
        Files.write(directory.resolve("cut"), Arrays.copyOf(whole, whole.length - 100));
        Outcome outcome = run(recipe(idx("cut", "labels", 3), good()));
        assertThat(outcome)
                .isEqualTo(
                        refused(":4  data.train: file:DIR/cut is cut off: its header states 60 items, but it ends after"
                                + " 58"));
    }

    @Test
    void emptyData() throws IOException {
        Pictures.write(Pictures.of(0, 0), directory.resolve("no-images"), directory.resolve("no-labels"));
        assertThat(run(recipe(idx("no-images", "no-labels", 3), good())))
                .isEqualTo(refused(":4  data.train: the source has no samples: file:DIR/no-images is empty"));
    }

    @Test
    void classOutOfRange() throws IOException {
        Outcome outcome = run(recipe(idx("images", "labels", 2), idx("images", "labels", 2)));
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.message().lines().skip(1))
                .hasSize(2)
                .allMatch(line ->
                        line.matches("  DIR/bad.conf:[45]  data.(train|test): file:DIR/labels: the label of item"
                                + " \\d+ is 2, must be a class index from 0 to 1"));
    }

    @Test
    void wrongColumn() throws IOException {
        Outcome outcome = run(recipe(csv("a.csv", "a,b,y\n1,2,0\n3,4,1\n", "features = [a, c]"), good()));
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.message())
                .contains(
                        "  DIR/bad.conf:4  data.train: file:DIR/a.csv has no column c for the feature; its columns are"
                                + " [a, b, y]");
    }

    @Test
    void notANumber() throws IOException {
        Outcome outcome = run(recipe(csv("a.csv", "a,b,y\n1,2,0\nNaN,4,1\n", "features = [a, b]"), good()));
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.message())
                .contains("  DIR/bad.conf:4  data.train: file:DIR/a.csv:3 column a: must be a finite number, was"
                        + " \"NaN\"");
    }

    @Test
    void parquetOfAnotherType() throws IOException {
        SparkSession spark = LocalSpark.session();
        StructType type = new StructType().add("pixels", DataTypes.StringType).add("y", DataTypes.IntegerType);
        spark.createDataFrame(List.of(RowFactory.create("one", 0)), type)
                .coalesce(1)
                .write()
                .parquet(directory.resolve("p").toString());
        String parquet = "{ kind = parquet, paths = [\"" + directory.resolve("p")
                + "\"], features = pixels, label = y, classes = 3 }";
        Outcome outcome = run(recipe(parquet, good()));
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.message().replaceAll("part-\\S*parquet", "PART"))
                .endsWith(
                        "DIR/bad.conf:4  data.train: file:DIR/p/PART column pixels is of type string: a feature must be an array of numbers,"
                                + " a Spark ML vector or (with element = uint8) bytes; with kind = spark, make a number of it in select,"
                                + " such as CAST(pixels AS DOUBLE), or of JSON a list, such as from_json(pixels, 'array<double>'), or keep"
                                + " the text by columns");
    }

    @Test
    void vectorsIntoAConvNet() throws IOException {
        String vectors = csv("a.csv", "a,b,y\n1,2,0\n3,4,1\n", "features = [a, b]");
        assertThat(run(recipe(vectors, vectors)))
                .isEqualTo(
                        refused(
                                "  teacher does not fit the data: architecture 'conv-net' needs images [channels, height, width], but the samples are vectors [2]; 'mlp' takes them"));
        assertThat(directory.resolve("root/store/networks")).doesNotExist();
    }

    @Test
    void viewsOfVectors() throws IOException {
        String vectors = csv("a.csv", "a,b,y\n1,2,0\n3,4,1\n", "features = [a, b]");
        String recipe =
                recipe(vectors, vectors) + "teacher.architecture = mlp\nstudents = [{ name = s, architecture = mlp,"
                        + " losses = [soft-target], training.views { crop = 2 } }]\n";
        assertThat(run(recipe))
                .isEqualTo(refused(
                        "  student 's' does not fit the data: crop and flip need images [channels, height, width], but the"
                                + " samples have shape [2]; set crop = 0 and flip = none"));
        assertThat(directory.resolve("root/store/networks")).doesNotExist();
    }

    @Test
    void moreLabelsKeptThanThereAreClasses() throws IOException {
        Outcome outcome = run(recipe(good(), good()) + "labels.codec { kind = top-k, keep = 5 }\n");
        assertThat(outcome)
                .isEqualTo(
                        refused(
                                "  labels.codec does not fit the data: keep must be less than the number of classes, 3, was 5; use codec float32 or float16 to keep all"));
        assertThat(directory.resolve("root/store/networks")).doesNotExist();
    }

    @Test
    void trainAndTestOfDifferentClasses() throws IOException {
        assertThat(run(recipe(good(), idx("images", "labels", 4))))
                .isEqualTo(refused(
                        ":5  data.test: data.train and data.test must hold samples of one kind, but have 3 and 4"
                                + " classes"));
    }

    @Test
    void noSuchTeacher() throws IOException {
        String recipe = recipe(good(), good()) + "teacher = null\nteacher { kind = network, from = \"" + directory
                + "/none\" }\n";
        assertThat(run(recipe))
                .isEqualTo(refused(
                        ":7  teacher.from: DIR/none does not exist; from takes the directory of a network that a"
                                + " run saved, such as ROOT/runs/NAME/RUN/student-STUDENT-seed1, with structure.json and"
                                + " tensors.safetensors"));
    }

    @Test
    void unwritableRoot() throws IOException {
        Outcome outcome = run(
                recipe(good(), good()),
                "--root",
                directory.resolve("images/root").toString());
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.message().replaceAll("doctor\\.[0-9a-f-]+\\.tmp", "doctor.ID.tmp"))
                .isEqualTo("WRONG root: cannot write DIR/images/root/.doctor.ID.tmp: Parent path is not a directory:"
                        + " DIR/images; choose another directory with --root");
    }

    @Test
    void everythingWrongInARecipeIsSaidAtOnceAndNothingIsRun() throws IOException {
        String recipe = recipe(good(), good())
                + "seeds = []\nstudents = [{ name = s, architecture = mpl, losses = [soft-targets] }]\n"
                + "trainer { kind = averaging, replica = 2 }\n";
        Outcome outcome = run(recipe);
        assertThat(outcome).isEqualTo(new Outcome(2, """
                4 problems in the recipe; nothing was run.
                  DIR/bad.conf:6  seeds: must name at least one seed, such as [1]
                  DIR/bad.conf:7  students[0].architecture: unknown kind 'mpl'; architectures can be ARCHITECTURES
                  DIR/bad.conf:7  students[0].losses[0]: unknown kind 'soft-targets'; did you mean 'soft-target'? losses can be LOSSES
                  DIR/bad.conf:8  trainer.replica: unknown key for kind 'averaging'; did you mean 'replicas'?""".replace(
                        "ARCHITECTURES", String.join(", ", Architecture.CATALOGUE.names()))
                .replace("LOSSES", String.join(", ", Losses.CATALOGUE.names()))));
        assertThat(directory.resolve("root")).doesNotExist();
    }

    @Test
    void noSeeds() throws IOException {
        assertThat(run(recipe(good(), good()) + "seeds = []\n"))
                .isEqualTo(new Outcome(
                        2,
                        "1 problem in the recipe; nothing was run.\n"
                                + "  DIR/bad.conf:6  seeds: must name at least one seed, such as [1]"));
    }

    @Test
    void baselinesOfATeacher() throws IOException {
        assertThat(run(recipe(good(), good()) + "defaults.students.baseline-losses = [soft-target]\n"))
                .isEqualTo(new Outcome(
                        2,
                        "1 problem in the recipe; nothing was run.\n"
                                + "  DIR/bad.conf:6  defaults.students.baseline-losses: must not need the teacher; a baseline"
                                + " shows what is reached without one"));
    }

    /** In a process of its own, to see what Spark itself writes about a task that failed. */
    @Test
    void theTerminalShowsNothingButTheMessage() throws Exception {
        String rows =
                "a,b,y\n" + "1,2,0\n".repeat(1200) + "x,4,1\n"; // further down than is looked at before Spark starts
        String mlp = "teacher.architecture = mlp\n";
        Path recipe = Files.writeString(
                directory.resolve("bad.conf"),
                recipe(csv("a.csv", rows, ""), csv("b.csv", "a,b,y\n1,2,0\n", "")) + mlp);
        Path terminalText = directory.resolve("terminal");
        Process process = RetortProcess.start(
                terminalText,
                "run",
                recipe.toString(),
                "--root",
                directory.resolve("root").toString());
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(Files.readString(terminalText)
                        .replace(directory.toString(), "DIR")
                        .replaceAll("/runs/bad/[0-9-]+/", "/runs/bad/RUN/"))
                .isEqualTo("columns of data.train: 2 features (a, b), label y, no id, none ignored\n"
                        + "file:DIR/a.csv:1202 column a: must be a finite number, was \"x\"; name a column of categories in categories"
                        + LOG + "\n");
        try (Stream<Path> runs = Files.list(directory.resolve("root/runs/bad"))) {
            assertThat(Files.readString(runs.findFirst().orElseThrow().resolve("log")))
                    .contains("WARN TaskSetManager: Lost task 0.0 in stage ")
                    .contains("failed: io.retort.storage.ArtifactException: file:");
        }
    }

    @Test
    void noSuchRecipe() {
        StringWriter err = new StringWriter();
        CommandLine commandLine = Retort.commandLine();
        commandLine.setErr(new PrintWriter(err));
        assertThat(commandLine.execute("run", directory.resolve("none.conf").toString()))
                .isEqualTo(2);
        assertThat(err.toString().replace(directory.toString(), "DIR"))
                .isEqualTo(
                        "1 problem in the recipe; nothing was run.\n  DIR/none.conf  does not exist; check the path\n");
    }
}
