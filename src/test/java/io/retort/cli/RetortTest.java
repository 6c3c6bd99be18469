package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RetortTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine commandLine = Retort.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        return commandLine.execute(arguments);
    }

    @Test
    void eachCommandIsMadeUnderItsName() {
        assertThat(Retort.commandLine().getSubcommands().keySet()).containsExactlyElementsOf(Retort.COMMANDS);
        for (String name : Retort.COMMANDS) {
            assertThat(Retort.commandLine(List.of(name)).getSubcommands()).containsOnlyKeys(name);
        }
    }

    @Test
    void helpNamesTheCommandsAndTheExitCodes() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString())
                .contains("Usage: retort")
                .containsPattern("(?m)^  doctor +Examines Java, Spark")
                .containsPattern("(?m)^  2 +bad configuration or usage; nothing was run$")
                .containsPattern("(?m)^  130 +stopped by Ctrl-C");
        // a longer line is broken where its first column is no more
        assertThat(Retort.commandLine().getCommandSpec().usageMessage().footer())
                .allMatch(line -> line.length() < 80);
    }

    @Test
    void versionSaysWhatItWasBuiltFor() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).matches("retort \\S+ \\(Spark 3\\.5\\.\\d+, Scala 2\\.12\\.\\d+\\)\\R");
    }

    @Test
    void unknownOptionsAreBadUsage() {
        assertThat(run("doctor", "--jsn")).isEqualTo(2);
        assertThat(err.toString()).contains("Unknown option: '--jsn'").contains("--json");
    }

    @Test
    void withoutACommandTellsHowToGoOn() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("Missing required subcommand").contains("Usage: retort");
    }

    @Test
    void anUnknownCommandIsNotHiddenByTheHelp() {
        assertThat(run("prob", "w.conf")).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("Unmatched argument")
                .contains("Did you mean: retort probe")
                .endsWith("retort --help explains the command\n")
                .hasLineCount(3);
    }
}
