package io.retort.faults;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Writes what the fault tests found into a page, between its markers: {@code mvn -B -Pfaults verify exec:exec@reliability}.
 *
 * <p>A row is written by a test only after its assertions held: what is not in the table was not proven.
 */
public final class ReliabilityTable {
    private static final String BEGIN = "<!-- written by ReliabilityTable: begin -->\n";
    private static final String END = "<!-- written by ReliabilityTable: end -->\n";
    private static final ObjectMapper JSON = new ObjectMapper();

    private ReliabilityTable() {}

    /** Replaces the table in the page named by the first argument. */
    public static void main(String[] arguments) throws IOException {
        Path page = Path.of(arguments[0]);
        String text = Files.readString(page);
        String before = text.substring(0, text.indexOf(BEGIN) + BEGIN.length());
        Files.writeString(page, before + table(lines()) + text.substring(text.indexOf(END)));
    }

    private static List<Results.Line> lines() throws IOException {
        List<Results.Line> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(Results.DIRECTORY)) {
            for (Path file : files.sorted().toList()) {
                for (String line : Files.readAllLines(file)) {
                    lines.add(JSON.readValue(line, Results.Line.class));
                }
            }
        }
        return lines;
    }

    private static String table(List<Results.Line> lines) {
        StringBuilder text = new StringBuilder();
        for (String where : lines.stream().map(Results.Line::where).distinct().toList()) {
            List<Results.Line> own =
                    lines.stream().filter(line -> line.where().equals(where)).toList();
            text.append(String.format(
                    Locale.ROOT,
                    "%n### %s (an undisturbed run: %.1f s)%n",
                    where,
                    own.get(0).calmSeconds()));
            text.append("\n| fault | what happens | recovery, s | disturbed run, s |\n|---|---|---|---|\n");
            for (Results.Line line : own) {
                text.append(String.format(
                        Locale.ROOT,
                        "| %s | %s | %s | %.1f |%n",
                        line.fault(),
                        line.outcome(),
                        line.recoverySeconds() < 0 ? "" : String.format(Locale.ROOT, "%.1f", line.recoverySeconds()),
                        line.seconds()));
            }
            own.stream()
                    .filter(line -> !line.message().isEmpty())
                    .forEach(line -> text.append("\n")
                            .append(line.fault())
                            .append(":\n```\n")
                            .append(line.message())
                            .append("\n```\n"));
        }
        return text.append('\n').toString();
    }
}
