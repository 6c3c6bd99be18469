package io.retort.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.bench.Measurement.Better;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The same work twice: how much of the first run's labelling time the second needs, and how long each takes as a whole.
 *
 * <p>The second run asks for another figure, since one that asks for the same ends before it starts a stage. The third asks for nothing new.
 */
final class SecondRunPiece {
    static final String NAME = "second-run";
    private static final double TARGET = 0.1;

    private SecondRunPiece() {}

    static Measurement measure(Path directory, int samples) throws IOException, InterruptedException {
        OtherLoad load = OtherLoad.from();
        Path root = directory.resolve("second-run");
        double first = run(root, samples, 2, directory.resolve("first.log"));
        double second = run(root, samples, 3, directory.resolve("second.log"));
        double unchanged = run(root, samples, 3, directory.resolve("unchanged.log"));
        List<Double> labelling = labelling(root);
        Map<String, Double> sides = new LinkedHashMap<>();
        sides.put("labelling first", labelling.get(0));
        sides.put("labelling second", labelling.get(1));
        sides.put("whole first", first);
        sides.put("whole second", second);
        sides.put("nothing to do", unchanged);
        return new Measurement(
                NAME,
                "labelling of the second run / of the first",
                labelling.get(1) / labelling.get(0),
                TARGET,
                Better.LOWER,
                sides,
                "s",
                load.cores());
    }

    /** Seconds from the command to the prompt. */
    private static double run(Path root, int samples, int topK, Path log) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(
                        "submit-scripts/retort",
                        "--master",
                        "local[2]",
                        "run",
                        "conf/w1.conf",
                        "--root",
                        root.toUri().toString(),
                        "-D",
                        "data.train.limit=" + samples,
                        "-D",
                        "data.test.limit=2048",
                        "-D",
                        "evaluation.top-k=" + topK)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("the run failed:\n" + Files.readString(log));
        }
        return (System.nanoTime() - start) / 1e9;
    }

    /** Seconds, by run. */
    private static List<Double> labelling(Path root) throws IOException {
        List<Double> seconds = new ArrayList<>();
        try (Stream<Path> runs = Files.list(root.resolve("runs/w1"))) {
            for (Path run : runs.sorted().toList()) {
                JsonNode report =
                        new ObjectMapper().readTree(run.resolve("report.json").toFile());
                seconds.add(report.path("timings").path("label").asDouble());
            }
        }
        return seconds;
    }
}
