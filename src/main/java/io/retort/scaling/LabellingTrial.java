package io.retort.scaling;

import io.retort.config.Secrets;
import io.retort.spark.Build;
import io.retort.spark.Doctor.Finding;
import io.retort.spark.NativeSettings;
import io.retort.storage.Json;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Labelling in a JVM of its own, with the options of an executor. Its heap is resident from the start on, so what the
 * process has beyond it lies beside the heap.
 *
 * @param tasks at once
 * @param planned memory of an executor
 */
public record LabellingTrial(int tasks, int taskCores, Memory planned) {
    private static final long MIB = 1L << 20;
    private static final long HEAP_MIB = 1024;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /**
     * What the JVM prints in its last line.
     *
     * @param models that labelled
     * @param peakBytes the most resident memory
     */
    public record Peak(List<String> models, long peakBytes) {
        public Peak {
            models = List.copyOf(models);
        }
    }

    /**
     * Measures it, and compares it with what an executor has.
     *
     * @param overheadMib {@code spark.executor.memoryOverhead}
     * @param program a main class of this class path and its arguments, which prints a {@link Peak}
     */
    public Finding finding(long overheadMib, List<String> program) {
        try {
            Peak peak = peak(program);
            return new LabellingMemory(peak.models(), tasks, peak.peakBytes() / MIB - HEAP_MIB).against(overheadMib);
        } catch (IllegalStateException | UncheckedIOException e) {
            return LabellingMemory.unknown(e.getMessage());
        }
    }

    private Peak peak(List<String> program) {
        Path out = temporary(".out");
        Path err = temporary(".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(line(program));
            NativeSettings natives = natives();
            builder.environment().putAll(natives.environment());
            builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
            Process process = builder.redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            try {
                if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new IllegalStateException("it took longer than " + PATIENCE.toMinutes() + " minutes");
                }
            } finally {
                process.destroyForcibly();
            }
            if (process.exitValue() != 0) {
                throw new IllegalStateException(lastLine(err, "the process ended with " + process.exitValue()));
            }
            return Json.parse(lastLine(out, ""), Peak.class);
        } catch (IOException e) {
            throw new UncheckedIOException("no process can be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            out.toFile().delete();
            err.toFile().delete();
        }
    }

    private NativeSettings natives() {
        return new NativeSettings(taskCores, HEAP_MIB * MIB, planned.offHeap() * MIB);
    }

    private List<String> line(List<String> program) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(Build.current().jvmOptions());
        line.addAll(natives().javaOptions());
        line.addAll(List.of("-Xms" + HEAP_MIB + "m", "-Xmx" + HEAP_MIB + "m", "-XX:+AlwaysPreTouch"));
        line.add("-Dspark.master=local[" + tasks * taskCores + "]");
        line.add("-Dspark.task.cpus=" + taskCores);
        System.getProperties().forEach((key, value) -> {
            String name = key.toString();
            if ((name.startsWith("spark.hadoop.") && !Secrets.isSecret(name)) || name.startsWith("log4j2.")) {
                line.add("-D" + name + "=" + value);
            }
        });
        line.addAll(List.of("-cp", classPath()));
        line.addAll(program);
        return line;
    }

    /** That of this process, and the jar that spark-submit has added to it. */
    private static String classPath() {
        String path = System.getProperty("java.class.path");
        String own = LabellingTrial.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        return List.of(path.split(File.pathSeparator)).contains(own) ? path : path + File.pathSeparator + own;
    }

    private static Path temporary(String suffix) {
        try {
            return Files.createTempFile("retort-labelling", suffix);
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary file can be made: " + e.getMessage(), e);
        }
    }

    private static String lastLine(Path file, String otherwise) throws IOException {
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8).stream()
                .filter(line -> !line.isBlank())
                .toList();
        return lines.isEmpty() ? otherwise : lines.get(lines.size() - 1);
    }

    /**
     * The memory that labelling takes in an executor beside its heap: stacks, code, libraries, and ONNX Runtime's models
     * and arrays.
     *
     * @param models what labelled; none where executors open no model
     * @param tasks at once
     * @param mib most resident memory, less the heap
     */
    public record LabellingMemory(List<String> models, int tasks, long mib) {
        private static final String CHECK = "labelling";
        private static final long STEP = 256;

        public LabellingMemory {
            models = List.copyOf(models);
        }

        /**
         * Compares it with what an executor has.
         *
         * @param overheadMib {@code spark.executor.memoryOverhead}
         */
        public Finding against(long overheadMib) {
            if (models.isEmpty()) {
                return Finding.ok(CHECK, "executors open no model of this teacher");
            }
            String found = "%d %s of %s %s %,d MiB beside the heap; an executor has %,d MiB there"
                    .formatted(
                            tasks,
                            tasks == 1 ? "task" : "tasks",
                            String.join(" and ", models),
                            tasks == 1 ? "takes" : "take",
                            mib,
                            overheadMib);
            if (mib <= overheadMib) {
                return Finding.ok(CHECK, found);
            }
            long enough = (mib + STEP - 1) / STEP * STEP;
            return Finding.slow(
                    CHECK,
                    found,
                    "a container would be killed: set spark.executor.memoryOverhead=" + enough
                            + "m, or label fewer rows at once by labels.batch-size or spark.executor.cores");
        }

        /** Where it cannot be measured. */
        static Finding unknown(String reason) {
            return Finding.slow(CHECK, "not measured: " + reason, "`retort probe` tells more of the teacher");
        }
    }
}
