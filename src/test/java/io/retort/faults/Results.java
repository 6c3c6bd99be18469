package io.retort.faults;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What fault tests found, as lines of JSON under {@code target/faults}, from which {@link ReliabilityTable} makes the table of the documentation. */
public final class Results {
    private static final ObjectMapper JSON = new ObjectMapper();
    static final Path DIRECTORY = Path.of("target", "faults");

    private final Path file;
    private final String where;

    private Results(Path file, String where) {
        this.file = file;
        this.where = where;
    }

    /** The results of a test class, which begins anew. */
    public static Results of(Class<?> test, String where) throws IOException {
        Files.createDirectories(DIRECTORY);
        Path file = DIRECTORY.resolve(test.getSimpleName() + ".json");
        Files.deleteIfExists(file);
        return new Results(file, where);
    }

    /**
     * One fault.
     *
     * @param where the kind of processes it was done to
     * @param fault what was done
     * @param outcome what happened then
     * @param message the clear error, empty where there was none
     * @param recoverySeconds from the fault until its work was under way again, or of the start that made it good; negative where nothing was measured
     * @param calmSeconds of an undisturbed run from start to end
     * @param seconds of the disturbed run, of its last start where it was started again
     */
    record Line(
            String where,
            String fault,
            String outcome,
            String message,
            double recoverySeconds,
            double calmSeconds,
            double seconds) {}

    public void add(
            String fault, String outcome, String message, Optional<Duration> recovery, Duration calm, Duration took)
            throws IOException {
        Line line = new Line(
                where,
                fault,
                outcome,
                message,
                recovery.map(Results::seconds).orElse(-1.0),
                seconds(calm),
                seconds(took));
        Files.write(file, List.of(JSON.writeValueAsString(line)), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Adds a fault that a start again made good, in the time of that start. */
    public void addRestarted(String fault, String outcome, String message, Duration again, Duration calm)
            throws IOException {
        add(fault, outcome, message, Optional.of(again), calm, again);
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
