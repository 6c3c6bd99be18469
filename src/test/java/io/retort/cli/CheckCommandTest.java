package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.Pictures;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code retort check} says of a recipe whose data it can look at, and of one whose data it cannot. */
class CheckCommandTest {
    private static final String UNFIT =
            "  not looked at: whether networks and compression fit the data, since not all of that"
                    + " could be looked at";

    @TempDir
    private Path directory;

    @BeforeEach
    void write() throws IOException {
        Pictures.write(Pictures.of(60, 0), directory.resolve("images"), directory.resolve("labels"));
    }

    private record Outcome(int exitCode, String out, String err) {}

    private Outcome check(String images, String compress) throws IOException {
        String source = "{ kind = idx, images = [\"" + directory.resolve(images) + "\"], labels = [\""
                + directory.resolve("labels") + "\"], classes = 3 }";
        Path file = Files.writeString(directory.resolve("small.conf"), """
            name = small
            data { train = %1$s
              test = %1$s }
            teacher { kind = network, architecture { kind = conv-net, chain = [cbr4] }, training.epochs = 1 }
            students = [
              { name = s, architecture { kind = conv-net, chain = [cbr8, cbr8] }, losses = [soft-target]
                compress = [
                  %2$s
                ] }
            ]
            """.formatted(source, compress));
        return check(file);
    }

    private String relative(StringWriter text) {
        return text.toString().replace(directory.toString(), "DIR").strip();
    }

    @Test
    void aGoodRecipe() throws IOException {
        assertThat(check("images", "{ kind = prune-channels, ratio = 0.5, except = [block1.conv] }"))
                .isEqualTo(new Outcome(0, "small: the recipe is good; 1 student, seeds [1]", ""));
    }

    @Test
    void whatCompressionCanNeverDoIsToldWithItsLine() throws IOException {
        assertThat(check("images", "{ kind = prune-weights }\n{ kind = prune-channels\nexcept = [block1.cov] }"))
                .isEqualTo(new Outcome(
                        2,
                        "",
                        "1 problem in the recipe; nothing was run.\n"
                                + "  DIR/small.conf:10  students[0].compress[1].except: names 'block1.cov', which"
                                + " is no layer that may be cut; did you mean 'block1.conv'? those are"
                                + " [block1.conv, block2.conv]"));
    }

    @Test
    void filesThatAreNotThereAreAllNamed() throws IOException {
        String gone = "is no file, no directory with files and no pattern that matches any";
        assertThat(check("gone", "{ kind = prune-channels }"))
                .isEqualTo(new Outcome(
                        2,
                        "",
                        "2 problems in the recipe; nothing was run.\n"
                                + "  DIR/small.conf:2  data.train.images: DIR/gone " + gone + "\n"
                                + "  DIR/small.conf:3  data.test.images: DIR/gone " + gone));
    }

    @Test
    void dataThatTheLauncherFetchesNeedNotBeThere() throws IOException {
        Path file = table("paths = [\"" + directory + "/a.csv\"]", "");
        assertThat(check(file, "data.fetch=fashion-mnist"))
                .isEqualTo(new Outcome(
                        0,
                        "table: good as far as it could be seen; 1 student, seeds [1]\n"
                                + "  not looked at: data.train, since submit-scripts/retort fetches fashion-mnist before the"
                                + " first run\n"
                                + "  not looked at: data.test, since submit-scripts/retort fetches fashion-mnist before the"
                                + " first run\n"
                                + UNFIT,
                        ""));
        assertThat(check(file).exitCode()).isEqualTo(2);
    }

    @Test
    void whatCannotBeLookedAtIsNotCalledGood() throws IOException {
        Outcome outcome = check(table("paths = [\"nosuchstore://bucket/a.csv\"]", ""));
        assertThat(outcome)
                .isEqualTo(new Outcome(
                        0,
                        "table: good as far as it could be seen; 1 student, seeds [1]\n"
                                + "  not looked at: data.train, since cannot look for nosuchstore://bucket/a.csv: No"
                                + " FileSystem for scheme \"nosuchstore\"\n"
                                + "  not looked at: data.test, since cannot look for nosuchstore://bucket/a.csv: No"
                                + " FileSystem for scheme \"nosuchstore\"\n"
                                + UNFIT,
                        ""));
    }

    @Test
    void labelsThatAreNames() throws IOException {
        Path data = Files.writeString(directory.resolve("a.csv"), "a,label\n1,no\n2,yes\n3,no\n");
        assertThat(check(table("paths = [\"" + data + "\"]", "")).err().replaceAll("(?m)^.*data.test.label.*\\R?", ""))
                .isEqualTo(
                        "2 problems in the recipe; nothing was run.\n  DIR/table.conf:3  data.train.label: file:DIR/a.csv: the labels of the first rows are no, yes and"
                                + " no class indices from 0 to 1; write class-names = [no, yes] instead of classes\n");
    }

    @Test
    void recordsOfCifar() throws IOException {
        Path data = Files.write(directory.resolve("test.bin"), new byte[3 * 3074]);
        Path file = Files.writeString(directory.resolve("cifar.conf"), """
            name = cifar
            data.train { kind = cifar, labels = fine, paths = ["%1$s"] }
            data.test { kind = cifar, labels = fine, paths = ["%1$s"] }
            teacher { kind = network, architecture { kind = resnet-cifar, n = 1 } }
            students = [{ name = s, architecture { kind = conv-net, chain = [cbr8] }, losses = [soft-target] }]
            """.formatted(data));
        assertThat(check(file)).isEqualTo(new Outcome(0, "cifar: the recipe is good; 1 student, seeds [1]", ""));
        assertThat(check(file, "data.test.labels=null", "data.train.limit=1"))
                .isEqualTo(new Outcome(
                        2,
                        "",
                        "1 problem in the recipe; nothing was run.\n"
                                + "  DIR/cifar.conf:3  data.test: file:DIR/test.bin has 9222 bytes, which are 3 records of"
                                + " CIFAR-100 and not of CIFAR-10; set labels to fine or coarse"));
    }

    @Test
    void aTeacherThatIsNoSavedNetwork() throws IOException {
        Path data = Files.writeString(directory.resolve("a.csv"), "a,label\n1,0\n2,1\n");
        Path onnx = Files.writeString(directory.resolve("teacher.onnx"), "");
        String takes = "from takes the directory of a network that a run saved, such as"
                + " ROOT/runs/NAME/RUN/student-STUDENT-seed1, with structure.json and tensors.safetensors";
        String paths = "paths = [\"" + data + "\"]";
        assertThat(check(table(paths, "from = \"" + onnx + "\"")).err())
                .endsWith("DIR/table.conf:7  teacher.from: DIR/teacher.onnx is an ONNX file, and a network out of ONNX"
                        + " cannot be read yet; " + takes);
        assertThat(check(table(paths, "from = \"" + directory + "\"")).err())
                .endsWith(
                        "teacher.from: DIR holds an ONNX file, and a network out of ONNX cannot be read yet; " + takes);
        assertThat(check(table(paths, "from = \"" + data + "\"")).err())
                .endsWith("teacher.from: DIR/a.csv is a file; " + takes);
        Path empty = Files.createDirectory(directory.resolve("empty"));
        assertThat(check(table(paths, "from = \"" + empty + "\"")).err())
                .endsWith("teacher.from: DIR/empty has no structure.json, so it is no saved network; " + takes);
        assertThat(check(table(paths, "from = \"" + directory + "/none\"")).err())
                .endsWith("teacher.from: DIR/none does not exist; " + takes);
        assertThat(check(table(paths, "from = \"" + directory + "/none.onnx\"")).err())
                .endsWith("teacher.from: DIR/none.onnx does not exist, and a network out of ONNX cannot be read yet; "
                        + takes);
    }

    @Test
    void oneProblemHidesNoOther() throws IOException {
        Path data = Files.writeString(directory.resolve("a.csv"), "a,label\n1,0\n2,2\n");
        Path file = table("paths = [\"" + data + "\"]", "from = \"" + directory + "/none\"");
        assertThat(check(file, "data.test.paths=[" + directory + "/b.csv," + directory + "/c.csv]")
                        .err()
                        .lines())
                .hasSize(5)
                .anyMatch(line -> line.contains("data.test.paths: DIR/b.csv is no file"))
                .anyMatch(line -> line.contains("data.test.paths: DIR/c.csv is no file"))
                .anyMatch(line ->
                        line.contains("data.train.label: file:DIR/a.csv: the labels of the first rows are 0, 2"))
                .anyMatch(line -> line.contains("teacher.from: DIR/none does not exist"));
    }

    /** A recipe for tables whose train and test are these. */
    private Path table(String paths, String teacher) throws IOException {
        String source = "{ kind = csv, label = label, classes = 2\n " + paths + " }\n";
        return Files.writeString(
                directory.resolve("table.conf"),
                "name = table\ndata { scaling = none }\ndata.train " + source + "data.test " + source
                        + "teacher = null, teacher { kind = network, "
                        + (teacher.isEmpty() ? "architecture = mlp" : teacher)
                        + " }\nstudents = [{ name = s, architecture = mlp, losses = [soft-target] }]\n");
    }

    private Outcome check(Path file, String... overrides) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = Retort.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        List<String> arguments = new ArrayList<>(List.of("check", file.toString()));
        for (String override : overrides) {
            arguments.addAll(List.of("-D", override));
        }
        int exitCode = commandLine.execute(arguments.toArray(String[]::new));
        return new Outcome(exitCode, relative(out), relative(err));
    }
}
