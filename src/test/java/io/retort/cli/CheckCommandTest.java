package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.Pictures;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code retort check} says of a recipe whose data it can look at, and of one whose data it cannot. */
class CheckCommandTest {
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
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = Retort.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        int exitCode = commandLine.execute("check", file.toString());
        return new Outcome(exitCode, relative(out), relative(err));
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
    void withoutItsDataARecipeIsGoodAsFarAsCanBeTold() throws IOException {
        assertThat(check("gone", "{ kind = prune-channels, except = [block1.cov] }"))
                .isEqualTo(new Outcome(
                        0,
                        "small: the recipe is good; 1 student, seeds [1]\n"
                                + "Whether its networks fit was not checked, for data and saved teachers could not be"
                                + " looked at: DIR/gone is no file, no directory with files and no pattern that matches"
                                + " any",
                        ""));
    }
}
