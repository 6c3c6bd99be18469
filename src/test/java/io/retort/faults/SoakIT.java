package io.retort.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.RetortProcess;
import io.retort.registry.Promotion;
import io.retort.registry.RegisteredModel;
import io.retort.registry.RegisteredModel.Version;
import io.retort.storage.Digest;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thirty nights of {@code retort retrain} in a row, on data that grows: processes are killed at random moments, two are started at once, some nights
 * bring nothing new, some a recipe that ruins the student, and each ends with {@code retort clean}.
 *
 * <p>Between any two looks, 50 milliseconds apart, the champion is read as a server reads it. The seed makes the plan of the nights; when a kill falls
 * within a night is up to the machine.
 */
@Tag("soak")
class SoakIT {
    /** What is written under {@link Results#DIRECTORY} at the end. */
    static final String TABLE = "soak.md";

    private static final int NIGHTS = 30;
    private static final int ROWS = 128;
    private static final int TEST_SHARDS = 4;
    private static final int KEPT_RUNS = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String MODEL = "clouds";
    private static final double MARGIN = 0.01;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    private final Random random = new Random(30);
    private final Storage storage = Storage.of(new Configuration());
    private final List<String> table = new ArrayList<>();
    private final Map<String, String> labels = new TreeMap<>();
    private Path root;
    private Path teacher;
    private long looks;
    private int kills;
    private int shards;

    /** How long the last start took that was not disturbed and had new data: kills fall within it. */
    private Duration calm = Duration.ZERO;

    /** How a start ended, and the most memory that its process had in use. */
    private record Ended(int exitCode, String said, Duration took, long residentKilobytes) {}

    /** What a night brings. */
    private enum Night {
        NEW_DATA,
        NOTHING_NEW,
        RUINOUS
    }

    @Test
    void thirtyNights() throws Exception {
        root = directory.resolve("root");
        teacher = teacher();
        List<Long> resident = new ArrayList<>();
        List<Long> files = new ArrayList<>();
        for (int night = 1; night <= NIGHTS; night++) {
            Night what = night % 10 == 9 ? Night.RUINOUS : night % 6 == 5 ? Night.NOTHING_NEW : Night.NEW_DATA;
            Ended ended = night(night, what);
            resident.add(ended.residentKilobytes());
            checkChampion(night);
            checkLabels(night);
            clean();
            files.add(checkFiles(night));
            aDayPasses();
            row(night, what, ended, files.get(night - 1));
        }
        int third = NIGHTS / 3;
        assertThat(most(resident.subList(2 * third, NIGHTS)))
                .as("kilobytes in use in the last ten nights and in the first: %s", resident)
                .isLessThan(most(resident.subList(0, third)) * 5 / 4);
        assertThat(kills).as("processes killed").isGreaterThan(NIGHTS / 3);
        write();
    }

    private Ended night(int night, Night what) throws Exception {
        if (what == Night.NEW_DATA) {
            cloud("train-" + night, ROWS, night, 0.01 * night);
            shards++;
        }
        Path conf = Files.writeString(directory.resolve("nightly.conf"), recipe(what));
        int planned = night == 1 ? 0 : random.nextInt(3);
        for (int i = 0; i < planned; i++) {
            long after = (long) (random.nextDouble() * calm.toMillis());
            if (killed(conf, after)) {
                kills++;
            }
        }
        if (night % 5 == 3) {
            Process other = start("other", "retrain", conf.toString());
            Ended first = end("night", start("night", "retrain", conf.toString()));
            Ended second = end("other", other);
            assertThat(List.of(first.exitCode(), second.exitCode()))
                    .as(first.said() + second.said())
                    .containsAnyOf(0, 3, 4)
                    .isSubsetOf(0, 3, 4, 5);
        }
        Ended ended = end("night", start("night", "retrain", conf.toString()));
        boolean alone = planned == 0 && night % 5 != 3;
        assertThat(ended.exitCode())
                .as("night %d: %s", night, ended.said())
                .isIn(night == 1 ? List.of(0) : allowed(what, alone));
        if (alone && what == Night.NEW_DATA) {
            calm = ended.took();
        }
        return ended;
    }

    /** After a killed start that had decided already, there is nothing left to do. */
    private static List<Integer> allowed(Night what, boolean alone) {
        return switch (what) {
            case NEW_DATA -> alone ? List.of(0, 4) : List.of(0, 3, 4);
            case RUINOUS -> alone ? List.of(4) : List.of(3, 4);
            case NOTHING_NEW -> List.of(3);
        };
    }

    private boolean killed(Path conf, long afterMillis) throws Exception {
        Process process = start("killed", "retrain", conf.toString());
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(afterMillis);
        while (System.nanoTime() < end && process.isAlive()) {
            process.waitFor(50, TimeUnit.MILLISECONDS);
            lookAtTheChampion();
        }
        boolean alive = process.isAlive();
        process.destroyForcibly().waitFor();
        return alive;
    }

    private Process start(String log, String... command) throws IOException {
        List<String> line = new ArrayList<>(List.of(command));
        line.addAll(List.of("--root", root.toUri().toString()));
        return RetortProcess.start(directory.resolve(log + ".log"), Map.of(), Map.of(), line.toArray(new String[0]));
    }

    private Ended end(String log, Process process) throws Exception {
        long start = System.nanoTime();
        long resident = 0;
        try {
            while (!process.waitFor(50, TimeUnit.MILLISECONDS)) {
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .as(() -> said(log))
                        .isLessThan(PATIENCE);
                resident = Math.max(resident, residentKilobytes(process.pid()));
                lookAtTheChampion();
            }
        } finally {
            process.destroyForcibly();
        }
        return new Ended(process.exitValue(), said(log), Duration.ofNanos(System.nanoTime() - start), resident);
    }

    private String said(String log) {
        try {
            return Files.readString(directory.resolve(log + ".log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static long residentKilobytes(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException | java.io.UncheckedIOException e) {
            return 0; // it has just ended
        }
    }

    /** As a server does: the pointer, and then the file that it names. */
    private void lookAtTheChampion() throws IOException {
        Path model = root.resolve("registry").resolve(MODEL);
        Path pointer = model.resolve("champion.json");
        if (!Files.exists(pointer)) {
            assertThat(looks).as("a champion vanished").isZero();
            return;
        }
        JsonNode champion = JSON.readTree(pointer.toFile());
        byte[] onnx = Files.readAllBytes(model.resolve(champion.path("onnx").asText()));
        assertThat(DigestUtils.sha256Hex(onnx))
                .isEqualTo(champion.path("sha256").asText());
        looks++;
    }

    /** It is there, whole, and no champion was ever worse than the best before it by more than the margin. */
    private void checkChampion(int night) throws IOException {
        RegisteredModel model = model();
        double best = 0;
        for (Promotion promotion : model.lineage()) {
            Version version = model.version(promotion.version());
            double accuracy = accuracy(version);
            assertThat(accuracy)
                    .as("night %d, version %d", night, version.number())
                    .isGreaterThanOrEqualTo(best - MARGIN);
            best = Math.max(best, accuracy);
        }
        assertThat(model.champion()).as("night %d", night).isPresent();
        lookAtTheChampion();
    }

    private static double accuracy(Version version) {
        return version.card().scores().accuracy();
    }

    private RegisteredModel model() {
        return new RegisteredModel(storage, new org.apache.hadoop.fs.Path(root.toUri()), MODEL, Clock.systemUTC());
    }

    /** A label file that is there once is never written again, and there is one for each shard. */
    private void checkLabels(int night) throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve("store/labels"))) {
            for (Path file : files.filter(SoakIT::isLabelFile).toList()) {
                String digest = new Digest().add(Files.readAllBytes(file)).hex();
                String before = labels.putIfAbsent(root.relativize(file).toString(), digest);
                assertThat(digest).isEqualTo(before == null ? digest : before);
            }
        }
        assertThat(labels).as("label files after night %d", night).hasSize(shards + TEST_SHARDS);
    }

    private static boolean isLabelFile(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".parquet") && !name.startsWith(".");
    }

    private void clean() throws Exception {
        Ended ended =
                end("clean", start("clean", "clean", "--older-than", "2d", "--keep-runs", Integer.toString(KEPT_RUNS)));
        assertThat(ended.exitCode()).as(ended.said()).isZero();
    }

    /** All that stays, without what grows with the data and with the versions: it must not grow with the nights. */
    private long checkFiles(int night) throws IOException {
        long others = 0;
        List<Path> leftovers = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                String path = root.relativize(file).toString();
                boolean grows = path.startsWith("store/shards")
                        || path.startsWith("store/labels")
                        || path.startsWith("registry/" + MODEL + "/versions")
                        || path.startsWith("registry/" + MODEL + "/history");
                // The directory of a killed run goes as a whole, by the time at which the run began.
                if (name.endsWith(".tmp") && isOld(file) && !path.startsWith("runs/")) {
                    leftovers.add(file);
                }
                if (!grows) {
                    others++;
                }
            }
        }
        assertThat(leftovers)
                .as("temporary files older than a night, after night %d", night)
                .isEmpty();
        return others;
    }

    private static boolean isOld(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toMillis()
                < Clock.systemUTC().millis() - Duration.ofHours(2).toMillis();
    }

    /** All files get a day older. */
    private void aDayPasses() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.toList()) {
                long written = Files.getLastModifiedTime(file).toMillis();
                Files.setLastModifiedTime(
                        file, FileTime.fromMillis(written - Duration.ofDays(1).toMillis()));
            }
        }
    }

    private static long most(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).max().orElseThrow();
    }

    /** A saved teacher, so that a night labels only what is new. */
    private Path teacher() throws Exception {
        cloud("train-0", 2 * ROWS, 1000, 0);
        cloud("test", TEST_SHARDS * ROWS, 2000, 0);
        shards = 2;
        Path conf = Files.writeString(directory.resolve("teacher.conf"), data() + """
                name = teacher
                trainer { micro-batch = 8 }
                teacher { kind = network, architecture { kind = mlp, hidden = [16] }
                  training { epochs = 8, batch-size = 16, learning-rate { rate = 1e-2 } } }
                """);
        Path apart = directory.resolve("teacher-root");
        Path log = directory.resolve("teacher.log");
        Process process = RetortProcess.start(log, "run", conf.toString(), "--root", apart.toString());
        assertThat(end("teacher", process).exitCode()).as(() -> said("teacher")).isZero();
        try (Stream<Path> networks = Files.list(apart.resolve("store/networks"))) {
            return networks.findFirst().orElseThrow();
        }
    }

    private String data() {
        return """
                data {
                  samples-per-shard = %2$d
                  train { kind = csv, paths = ["%1$s/train-*.csv"], label = class, classes = 2 }
                  test { kind = csv, paths = ["%1$s/test.csv"], label = class, classes = 2 }
                }
                """.formatted(directory, ROWS);
    }

    private String recipe(Night what) {
        String student = what == Night.RUINOUS
                ? "architecture { kind = mlp, hidden = [5] }, training { epochs = 1, learning-rate { rate = 1e-9 } }"
                : "architecture { kind = mlp, hidden = [4] }, training { epochs = 12, batch-size = 16, learning-rate { rate = 3e-2 } }";
        return data() + """
                name = nightly
                trainer { micro-batch = 8 }
                teacher { kind = network, from = "%s" }
                students = [{ name = small, %s, losses = [soft-target] }]
                retrain {
                  model = %s
                  lock.wait-time = 0 seconds
                  gates { accuracy { margin = %s }, latency.growth = 100, calibration.margin = 0.05 }
                }
                """.formatted(teacher, student, MODEL, MARGIN);
    }

    /** Two clouds of points that come nearer to each other as the nights go by. */
    private void cloud(String name, int rows, long seed, double nearer) throws IOException {
        Random points = new Random(seed);
        StringBuilder csv = new StringBuilder("x,y,class\n");
        for (int row = 0; row < rows; row++) {
            int label = row % 2;
            double centre = (2 - nearer) * (2 * label - 1);
            csv.append(String.format(
                    Locale.ROOT,
                    "%.4f,%.4f,%d%n",
                    centre + points.nextGaussian(),
                    centre + points.nextGaussian(),
                    label));
        }
        Files.writeString(directory.resolve(name + ".csv"), csv);
    }

    private void row(int night, Night what, Ended ended, long files) {
        OptionalInt version =
                model().champion().stream().mapToInt(Promotion::version).findFirst();
        String line = String.format(
                Locale.ROOT,
                "| %d | %s | %s | %d | %.2f %% | %d | %.1f | %d | %d |",
                night,
                what.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                switch (ended.exitCode()) {
                    case 0 -> "promoted";
                    case 3 -> "nothing to do";
                    default -> "refused";
                },
                version.orElse(0),
                100 * accuracy(model().version(version.orElse(0))),
                kills,
                ended.took().toMillis() / 1000.0,
                files,
                ended.residentKilobytes() / 1024);
        table.add(line);
        System.out.println(line);
    }

    private void write() throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "",
                String.format(
                        Locale.ROOT,
                        "%d nights, %d processes killed at random moments, the champion read %,d times: always whole. %d versions, %d label files, each"
                                + " written once.",
                        NIGHTS,
                        kills,
                        looks,
                        model().versions().size(),
                        labels.size()),
                "",
                "| night | brings | its last start | champion | its accuracy | killed so far | last start, s | other files | peak MiB |",
                "|---|---|---|---|---|---|---|---|---|"));
        lines.addAll(table);
        lines.add("");
        Files.createDirectories(Results.DIRECTORY);
        Files.write(Results.DIRECTORY.resolve(TABLE), lines);
    }
}
