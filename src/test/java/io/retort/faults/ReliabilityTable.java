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
 * Writes what the fault tests and the soak found into a page, between its markers: {@code mvn -B -Pfaults verify exec:exec@reliability}.
 *
 * <p>A row is written by a test only after its assertions held: what is not in the table was not proven.
 */
public final class ReliabilityTable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ReliabilityTable() {}

    /** Replaces in the page named by the first argument what there are results of. */
    public static void main(String[] arguments) throws IOException {
        Path page = Path.of(arguments[0]);
        List<Results.Line> lines = lines();
        if (!lines.isEmpty()) {
            replace(page, "ReliabilityTable", table(lines));
        }
        Path soak = Results.DIRECTORY.resolve(SoakIT.TABLE);
        if (Files.exists(soak)) {
            replace(page, "SoakIT", Files.readString(soak));
        }
    }

    private static void replace(Path page, String writer, String part) throws IOException {
        String text = Files.readString(page);
        String begin = "<!-- written by " + writer + ": begin -->\n";
        String before = text.substring(0, text.indexOf(begin) + begin.length());
        String after = text.substring(text.indexOf("<!-- written by " + writer + ": end -->\n"));
        Files.writeString(page, before + part + after);
    }

    private static List<Results.Line> lines() throws IOException {
        List<Results.Line> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(Results.DIRECTORY)) {
            for (Path file : files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList()) {
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
