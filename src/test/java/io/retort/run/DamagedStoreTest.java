package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.TinyJob;
import io.retort.faults.Remains;
import io.retort.faults.Results;
import io.retort.run.progress.Progress;
import io.retort.run.progress.ProgressLines;
import io.retort.run.record.RunContext;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happened to the files of a store, a run ends with the bytes of an undisturbed one. */
@TestInstance(Lifecycle.PER_CLASS) // one undisturbed run for all
class DamagedStoreTest {
    private static final String MENDED = "the run makes it again and ends with the same bytes";

    @TempDir
    private static Path directory;

    private final Storage storage = Storage.of(new Configuration());
    private Results results;
    private TinyJob job;
    private Path calmRoot;
    private Remains calm;
    private Duration calmTime;
    private final List<String> said = new ArrayList<>();
    private Path root;

    @BeforeAll
    void runUndisturbed() throws IOException {
        results = Results.of(DamagedStoreTest.class, "store, local mode");
        job = TinyJob.in(directory);
        calmRoot = directory.resolve("calm");
        run(calmRoot, Clock.systemUTC()); // Spark and the native libraries come up
        deleteAll(calmRoot);
        calmTime = run(calmRoot, Clock.systemUTC());
        calm = remains(calmRoot, 1);
        assertThat(calm.student()).hasSize(5);
    }

    /** A copy of the undisturbed root in which all is to be trained and measured again, from the shards and labels that are there. */
    @BeforeEach
    void copy(TestInfo test) throws IOException {
        root = directory.resolve(test.getTestMethod().orElseThrow().getName());
        for (String part : List.of("store/datasets", "store/shards", "store/labels")) {
            copy(calmRoot.resolve(part), root.resolve(part));
        }
        said.clear();
    }

    @Test
    void aLabelFileIsCutOff() throws IOException {
        Path file = any("store/labels");
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), (int) Files.size(file) / 2));
        expectMended("label file cut off", "label file file:" + file + " cannot be read: ", file);
    }

    @Test
    void aByteOfALabelFileIsFlipped() throws IOException {
        Path file = any("store/labels");
        flip(file);
        expectMended("a byte of a label file flipped", "label file file:" + file + " cannot be read: ", file);
    }

    @Test
    void aByteOfALabelFileIsFlippedWhereTheFileSystemKeepsNoChecksums() throws IOException {
        Path file = any("store/labels");
        flip(file);
        Files.delete(checksum(file));
        expectMended(
                "a byte of a label file flipped, on a file system without checksums",
                "label file file:" + file + " ",
                file);
    }

    @Test
    void aLabelFileIsLost() throws IOException {
        Path file = any("store/labels");
        delete(file);
        expectSame("label file lost", MENDED);
        assertThat(said).contains("labels: 1 shards labelled, 10 reused (a shard counts once for each view)");
    }

    @Test
    void aShardIsCutOff() throws IOException {
        Path file = any("store/shards");
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), (int) Files.size(file) / 2));
        expectMended("shard cut off", "shard file:" + file + " cannot be read: ", file);
    }

    @Test
    void aByteOfAShardIsFlipped() throws IOException {
        Path file = any("store/shards");
        flip(file);
        Files.delete(checksum(file));
        expectMended("a byte of a shard flipped", "shard file:" + file + " ", file);
    }

    @Test
    void aShardIsLost() throws IOException {
        delete(any("store/shards"));
        expectSame("shard lost before a run", MENDED);
    }

    @Test
    void aShardIsLostInTheMidstOfARun() throws IOException {
        Path file = any("store/shards");
        Predicate<String> trained = line -> line.startsWith("train teacher: ended");
        run(root, Clock.systemUTC(), line -> {
            if (trained.test(line) && said.stream().filter(trained).count() == 1) {
                delete(file);
            }
        });
        assertThat(said)
                .contains("the stages begin again, since shard file:" + file
                        + " does not exist; run again, it will be made again");
        assertThat(remains(root, 1)).isEqualTo(calm);
        results.add("shard lost in the midst of a run", MENDED, "", Optional.empty(), calmTime, calmTime);
    }

    @Test
    void theListOfShardsIsDamaged() throws IOException {
        flip(any("store/datasets"));
        expectSame("list of shards damaged", "the source is read again; the same bytes");
    }

    @Test
    void theListOfShardsIsLost() throws IOException {
        delete(any("store/datasets"));
        expectSame("list of shards lost", "the source is read again; the same bytes");
    }

    @Test
    void aNetworkHasNoStructure() throws IOException {
        copy(calmRoot.resolve("store/networks"), root.resolve("store/networks"));
        delete(any("store/networks", "structure.json"));
        expectSame("structure.json of a stored network missing", "it is trained again; the same bytes");
        assertThat(said)
                .filteredOn(line -> line.endsWith("taken from the store"))
                .hasSize(2);
    }

    @Test
    void aNetworkHasAFlippedByte() throws IOException {
        copy(calmRoot.resolve("store/networks"), root.resolve("store/networks"));
        Path tensors = any("store/networks", "tensors.safetensors");
        flip(tensors);
        Files.delete(checksum(tensors));
        expectSame("a byte of a stored network flipped", "it is trained again; the same bytes");
        assertThat(said)
                .filteredOn(line -> line.endsWith("taken from the store"))
                .hasSize(2);
    }

    @Test
    void storedFiguresAreDamaged() throws IOException {
        copy(calmRoot.resolve("store/networks"), root.resolve("store/networks"));
        copy(calmRoot.resolve("store/evaluations"), root.resolve("store/evaluations"));
        flip(any("store/evaluations"));
        expectSame("stored figures damaged", "they are measured again; the same bytes");
    }

    @Test
    void theManifestOfAnEarlierRunIsLost() throws IOException {
        copy(calmRoot, root);
        delete(any("runs", "manifest.json"));
        run(root, Clock.systemUTC());
        assertThat(remains(root, 2)).isEqualTo(calm);
        results.add(
                "manifest of an earlier run missing",
                "that run counts for nothing; a new one takes all from the store: the same bytes",
                "",
                Optional.empty(),
                calmTime,
                calmTime);
    }

    @Test
    void temporaryFilesAreLeft() throws IOException {
        for (Path file : List.of(any("store/labels"), any("store/shards"), any("store/datasets"))) {
            Files.writeString(file.resolveSibling("." + file.getFileName() + ".0123.tmp"), "half a f");
        }
        expectSame("temporary files of a killed process left", "nobody reads them; the same bytes");
        assertThat(said).contains("labels: 0 shards labelled, 11 reused (a shard counts once for each view)");
    }

    /** By an hour at each look. */
    @Test
    void theClockIsSetBack() throws IOException {
        AtomicLong hours = new AtomicLong();
        InstantSource backwards =
                () -> Instant.parse("2026-01-01T00:00:00Z").minus(Duration.ofHours(hours.incrementAndGet()));
        run(root, backwards.withZone(ZoneOffset.UTC));
        assertThat(remains(root, 1)).isEqualTo(calm);
        assertThat(said).noneMatch(line -> line.matches(".*-\\d.*"));
        assertThat(Files.readString(any("runs", "report.json")))
                .doesNotContainPattern("\"(train|label|shard)[^\"]*\" : -");
        results.add(
                "clock set back, again and again",
                "nothing that is computed depends on it; the same bytes, times of 0",
                "",
                Optional.empty(),
                calmTime,
                calmTime);
    }

    private void expectMended(String fault, String found, Path file) throws IOException {
        Path aside = file.resolveSibling("." + file.getFileName() + ".damaged");
        expectSame(fault, "it is found, set aside and made again by the same run; the same bytes");
        assertThat(said)
                .filteredOn(line -> line.startsWith("the stages begin again"))
                .singleElement()
                .asString()
                .startsWith("the stages begin again, since " + found)
                .endsWith("; it is set aside as file:" + aside + "; run again, it will be made again");
        assertThat(aside).exists();
    }

    private void expectSame(String fault, String outcome) throws IOException {
        Duration took = run(root, Clock.systemUTC());
        assertThat(remains(root, 1)).isEqualTo(calm);
        results.add(fault, outcome, "", Optional.empty(), calmTime, took);
    }

    private Duration run(Path where, Clock clock) {
        return run(where, clock, line -> {});
    }

    private Duration run(Path where, Clock clock, java.util.function.Consumer<String> hears) {
        Progress lines = new ProgressLines(
                line -> {
                    said.add(line);
                    hears.accept(line);
                },
                clock,
                Duration.ofSeconds(10));
        RunContext context = new RunContext(storage, hadoop(where), clock, lines, SmallRun.BRIEF);
        long start = System.nanoTime();
        try {
            new RecipeRun(LocalSpark.context(), context, SmallRun.bound(Files.readString(job.conf()))).execute();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private Remains remains(Path where, int runs) {
        return Remains.of(storage, hadoop(where), runs);
    }

    private static org.apache.hadoop.fs.Path hadoop(Path path) {
        return new org.apache.hadoop.fs.Path("file:" + path);
    }

    private Path any(String part) throws IOException {
        return any(part, "");
    }

    /** The first file, by name, that is no temporary one. */
    private Path any(String part, String suffix) throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve(part))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().endsWith(suffix))
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static Path checksum(Path file) {
        return file.resolveSibling("." + file.getFileName() + ".crc");
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 3] ^= 0x10;
        Files.write(file, bytes);
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
            Files.deleteIfExists(checksum(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.createDirectories(Files.isDirectory(file) ? copy : copy.getParent());
                if (Files.isRegularFile(file)) {
                    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private static void deleteAll(Path path) throws IOException {
        org.apache.hadoop.fs.Path whole = hadoop(path);
        Storage.of(new Configuration()).delete(whole);
        assertThat(path).doesNotExist();
    }
}
