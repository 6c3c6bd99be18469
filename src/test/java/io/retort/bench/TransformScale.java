package io.retort.bench;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.ml.OnnxTransformer;
import io.retort.network.Network;
import io.retort.network.Structure;
import io.retort.report.ConsoleTable;
import io.retort.spark.SessionSetup;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * Rows through {@link OnnxTransformer#transform} on two cores, beside two threads that each run ONNX Runtime's own
 * session of one thread over as many rows in memory, and beside Spark's reading of the rows without a model: rows/s of
 * each, which take turns, and the memory of this JVM, in which driver and executors share a heap.
 *
 * <p>Argument: the number of rows of a turn, 1,000,000 where there is none. They are images of 28 × 28 bytes in Parquet,
 * 0.8 GB, read anew by each turn; the model is the student of {@code conf/w1.conf} without training, which is as fast as a trained
 * one. Spark writes nothing: its sink {@code noop} takes each row and drops it.
 */
public final class TransformScale {
    private static final int TURNS = 3;
    private static final int FILES = 4;
    private static final int CLASSES = 10;
    private static final int BARE_BATCHES = 16;
    private static final int WARM_UP_ROWS = 200_000;
    private static final List<Integer> SIZES = List.of(1, 28, 28);
    private static final int ELEMENTS = 28 * 28;
    private static final double MIB = 1 << 20;

    private TransformScale() {}

    public static void main(String[] arguments) throws IOException, OrtException {
        int rows = arguments.length == 0 ? 1_000_000 : Integer.parseInt(arguments[0]);
        Path directory = Scratch.directory();
        Structure student = Workload.of(new org.apache.hadoop.fs.Path(directory.toUri()), 1)
                .student()
                .structure();
        List<String> classes =
                IntStream.range(0, CLASSES).mapToObj(Integer::toString).toList();
        byte[] model = OnnxModel.bytes(Network.initialised(student, 1), classes, Map.of());
        Path file = Files.write(directory.resolve("student.onnx"), model);
        OnnxTransformer transformer =
                new OnnxTransformer().setModel(file.toUri().toString()).setInputCols(List.of("pixels"));
        try (SparkSession session = SessionSetup.start("transform", Map.of("spark.master", "local[2]"));
                OrtSession first = OnnxSession.ortSession(model, 1);
                OrtSession second = OnnxSession.ortSession(model, 1);
                SecondThread thread = new SecondThread()) {
            String few = directory.resolve("few").toUri().toString();
            String part = directory.resolve("part").toUri().toString();
            write(session, WARM_UP_ROWS, few);
            write(session, rows, part);
            Turns turns = new Turns(
                    transformer,
                    session,
                    batches((int) transformer.getOrDefault(transformer.batchSize())),
                    first,
                    second,
                    thread);
            turns.bare(WARM_UP_ROWS);
            turns.read(few);
            turns.transform(few);
            ConsoleTable table = new ConsoleTable()
                    .right("rows")
                    .right("bare, rows/s")
                    .right("Spark's reading alone, rows/s")
                    .right("transform, rows/s")
                    .right("transform / bare")
                    .right("(bare + reading) / transform")
                    .right("heap after a collection, MiB")
                    .right("resident, MiB");
            List<Double> ratios = new ArrayList<>();
            List<Double> withReading = new ArrayList<>();
            for (int turn = 1; turn <= TURNS; turn++) {
                double bare = turns.bare(rows);
                double read = turns.read(part);
                double spark = turns.transform(part);
                ratios.add(bare / spark);
                withReading.add((bare + read) / spark);
                table.row(
                        String.format(Locale.ROOT, "%,d", turn * rows),
                        String.format(Locale.ROOT, "%,.0f", rows / bare),
                        String.format(Locale.ROOT, "%,.0f", rows / read),
                        String.format(Locale.ROOT, "%,.0f", rows / spark),
                        String.format(Locale.ROOT, "%.3f", bare / spark),
                        String.format(Locale.ROOT, "%.3f", (bare + read) / spark),
                        String.format(Locale.ROOT, "%.0f", heap()),
                        String.format(Locale.ROOT, "%.0f", resident()));
            }
            System.out.println(table.text());
            System.out.printf(
                    Locale.ROOT,
                    "transform / bare, the median of %d turns: %.3f (%.3f to %.3f); (bare + reading) / transform: %.3f%n",
                    TURNS,
                    Measurement.median(ratios),
                    Collections.min(ratios),
                    Collections.max(ratios),
                    Measurement.median(withReading));
        }
    }

    private static void write(SparkSession session, int rows, String path) {
        // A digest is 64 bytes; 13 of them, cut, are as many as an image has pixels.
        session.range(0, rows, 1, FILES)
                .selectExpr("substring(unhex(repeat(sha2(string(id), 512), 13)), 1, " + ELEMENTS + ") as pixels")
                .write()
                .mode(SaveMode.Overwrite)
                .parquet(path);
    }

    private static List<float[]> batches(int size) {
        Random random = new Random(1);
        return IntStream.range(0, BARE_BATCHES)
                .mapToObj(batch -> {
                    float[] pixels = new float[size * ELEMENTS];
                    for (int i = 0; i < pixels.length; i++) {
                        pixels[i] = random.nextInt(256);
                    }
                    return pixels;
                })
                .toList();
    }

    private static double heap() {
        ManagementFactory.getMemoryMXBean().gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MIB;
    }

    /** As Linux says it; not a number elsewhere. */
    private static double resident() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return Double.NaN;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(Double.NaN);
    }

    /** The sides, each in seconds. */
    private record Turns(
            OnnxTransformer transformer,
            SparkSession session,
            List<float[]> batches,
            OrtSession first,
            OrtSession second,
            SecondThread thread) {
        double bare(int rows) {
            int size = (int) transformer.getOrDefault(transformer.batchSize());
            List<float[]> half = IntStream.range(0, (rows / 2 + size - 1) / size)
                    .mapToObj(i -> batches.get(i % batches.size()))
                    .toList();
            long start = System.nanoTime();
            thread.beside(
                    () -> LabellingPiece.answer(second, half, SIZES), () -> LabellingPiece.answer(first, half, SIZES));
            return (System.nanoTime() - start) / 1e9;
        }

        double read(String path) {
            return dropped(session.read().parquet(path));
        }

        double transform(String path) {
            long start = System.nanoTime();
            Dataset<Row> scored = transformer.transform(session.read().parquet(path));
            return (System.nanoTime() - start) / 1e9 + dropped(scored);
        }

        private static double dropped(Dataset<Row> rows) {
            long start = System.nanoTime();
            rows.write().format("noop").mode(SaveMode.Overwrite).save();
            return (System.nanoTime() - start) / 1e9;
        }
    }
}
