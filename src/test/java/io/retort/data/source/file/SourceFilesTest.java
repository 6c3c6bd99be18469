package io.retort.data.source.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.data.source.file.SourceFiles.SourceFile;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceFilesTest {
    private final Storage storage = Storage.of(new Configuration());

    @Test
    void takesFilesPatternsAndDirectories(@TempDir Path directory) throws IOException {
        for (String name : List.of("b", "a", "day=2/part", "day=1/part", "day=1/_SUCCESS", "day=1/.hidden", "single")) {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, name);
        }
        List<SourceFile> files =
                SourceFiles.find(storage, List.of(directory + "/single", directory + "/[ab]", directory + "/day=*"));
        assertThat(files)
                .extracting(SourceFile::name)
                .containsExactly(
                        "file:" + directory + "/single",
                        "file:" + directory + "/a",
                        "file:" + directory + "/b",
                        "file:" + directory + "/day=1/part",
                        "file:" + directory + "/day=2/part");
        assertThat(files.get(3).length()).isEqualTo("day=1/part".length());
    }

    @Test
    void idsDependOnThePathWithinTheSourceAlone(@TempDir Path directory) throws IOException {
        for (String file : List.of("here/day=1/part", "there/day=1/part", "there/day=2/part", "there/a", "there/b")) {
            Files.createDirectories(directory.resolve(file).getParent());
            Files.writeString(directory.resolve(file), "x");
        }
        long first = ids(directory + "/here").get(0);
        assertThat(first).isNotNegative();
        assertThat(first % (1L << 30)).isZero();
        assertThat(ids(directory + "/there")).doesNotHaveDuplicates().hasSize(4).contains(first);
        assertThat(ids(directory + "/there/day=*")).hasSize(2).contains(first);
        assertThat(ids(directory + "/there/day=*/part")).hasSize(2).contains(first);
        assertThat(ids(directory + "/there/day=1/part")).doesNotContain(first);
    }

    @Test
    void filesNamedOneByOneKeepTheirIdsWhenOthersFollow(@TempDir Path directory) throws IOException {
        for (String file : List.of("one/part", "two/part", "three")) {
            Files.createDirectories(directory.resolve(file).getParent());
            Files.writeString(directory.resolve(file), "x");
        }
        List<Long> one = ids(directory + "/one/part");
        List<Long> three = ids(directory + "/one/part", directory + "/two/part", directory + "/three");
        assertThat(three).doesNotHaveDuplicates().hasSize(3).startsWith(one.get(0));
    }

    @Test
    void refusesAFileTwice(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("a"), "x");
        assertThatThrownBy(() -> ids(file.toString(), directory.toString()))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("file:" + file + " is named twice by the paths of one source");
    }

    @Test
    void patternsPassOverWhatDirectoriesPassOver(@TempDir Path directory) throws IOException {
        write(
                directory,
                "a.csv",
                "_SUCCESS",
                ".a.csv.swp",
                "b.csv._COPYING_",
                "_temporary/0/part-1",
                "day=1/part-1",
                "_day=2/part-1",
                "day=1/_SUCCESS");
        List<String> meant = List.of("_day=2/part-1", "a.csv", "day=1/part-1");
        assertThat(names(directory, "/*")).containsExactlyElementsOf(meant);
        assertThat(names(directory, "")).containsExactlyElementsOf(meant);
        assertThat(names(directory, "/{a.csv,_temporary/0/part-1,day=1/*}")).containsExactly("a.csv", "day=1/part-1");
        assertThat(names(directory, "/*/*/part-*")).isEmpty();
        assertThat(names(directory, "/*/part-1")).containsExactly("_day=2/part-1", "day=1/part-1");
    }

    @Test
    void takesHiddenNamesThatAreWritten(@TempDir Path directory) throws IOException {
        write(directory, "_a.csv", "_b.csv", ".c/part", "_temporary/0/part-1", "day=1/_part");
        assertThat(names(directory, "/_a.csv")).containsExactly("_a.csv");
        assertThat(names(directory, "/_*.csv")).containsExactly("_a.csv", "_b.csv");
        assertThat(names(directory, "/{_a,x}.csv")).containsExactly("_a.csv");
        assertThat(names(directory, "/.c")).containsExactly(".c/part");
        assertThat(names(directory, "/*/_part")).containsExactly("day=1/_part");
        assertThat(names(directory, "/_temporary/*/part-*")).containsExactly("_temporary/0/part-1");
    }

    @Test
    void aNameThatIsThereIsNoPattern(@TempDir Path directory) throws IOException {
        write(
                directory,
                "part[1].csv",
                "part2.csv",
                "data{x}/part[1]",
                "data{x}/b",
                "star*/a",
                "open[",
                "back\\slash*");
        assertThat(names(directory, "/part[1].csv")).containsExactly("part[1].csv");
        assertThat(names(directory, "/part[2].csv")).containsExactly("part2.csv");
        assertThat(names(directory, "/part\\[1].csv")).containsExactly("part[1].csv");
        assertThat(names(directory, "/data{x}")).containsExactly("data{x}/b", "data{x}/part[1]");
        assertThat(names(directory, "/data{x}/*")).containsExactly("data{x}/b", "data{x}/part[1]");
        assertThat(names(directory, "/star*/a")).containsExactly("star*/a");
        assertThat(names(directory, "/open[")).containsExactly("open[");
        assertThat(names(directory, "/back\\slash*")).containsExactly("back\\slash*");
    }

    @Test
    void refusesANameThatMatchesFurtherFiles(@TempDir Path directory) throws IOException {
        write(directory, "part[1].csv", "part1.csv", "run?/a", "run1/a", "run2/a");
        assertThatThrownBy(() -> names(directory, "/part[1].csv"))
                .isInstanceOf(ArtifactException.class)
                .hasMessage("file:" + directory + "/part[1].csv is there, and as a pattern its name matches file:"
                        + directory + "/part1.csv; write part\\[1].csv for the one (in quotes with each backslash"
                        + " twice), or the names of the others");
        assertThat(names(directory, "/part\\[1].csv")).containsExactly("part[1].csv");
        assertThat(names(directory, "/part[1-9].csv")).containsExactly("part1.csv");
        assertThatThrownBy(() -> names(directory, "/run?/*"))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("/run? is there, and as a pattern its name matches file:" + directory
                        + "/run1 and 1 more; write run\\? for the one");
    }

    @Test
    void idsOfALiteralNameAreThoseOfAnyOther(@TempDir Path directory) throws IOException {
        write(directory, "x[1]/a", "y/a");
        assertThat(ids(directory + "/x[1]")).isEqualTo(ids(directory + "/y"));
        assertThat(ids(directory + "/x[1]/a")).isEqualTo(ids(directory + "/y/*"));
    }

    @ParameterizedTest
    @CsvSource({
        "_delta_log/0.json, a Delta table, _delta_log",
        ".hoodie/hoodie.properties, a Hudi table, .hoodie",
        "metadata/00001-0f2a.metadata.json, an Iceberg table, metadata",
        "metadata/v3.gz.metadata.json, an Iceberg table, metadata",
        "schema/schema-0, a Paimon table, schema/schema-0",
        "_spark_metadata/0, the output of a Spark stream, _spark_metadata"
    })
    void refusesTablesWhoseLogSaysWhatCounts(String log, String title, String mark, @TempDir Path directory)
            throws IOException {
        write(directory, "t/data/day=1/part-1.parquet", "t/data/day=2/part-1.parquet", "t/" + log, "plain/a.parquet");
        for (String path : List.of(
                "", "/*", "/t", "/t/data", "/t/data/day=1", "/t/*/*/*.parquet", "/t/data/day=1/part-1.parquet")) {
            assertThatThrownBy(() -> names(directory, path))
                    .as(path)
                    .isInstanceOf(ArtifactException.class)
                    .hasMessage(
                            "file:" + directory + "/t is " + title + ": it holds " + mark + ", a log that says which of"
                                    + " its files and rows count, and its files alone would bring back deleted or replaced"
                                    + " rows; " + remedy(title));
        }
        assertThat(names(directory, "/plain")).hasSize(1);
    }

    private static String remedy(String title) {
        return switch (title) {
            case "a Delta table" -> "read it as a table, with kind = spark and format = delta";
            case "an Iceberg table" -> "read it as a table, with kind = spark and format = iceberg";
            default -> "read it with Spark, write the rows out (df.write.parquet), and name that directory instead";
        };
    }

    @Test
    void aFolderOfMetadataIsNoTable(@TempDir Path directory) throws IOException {
        write(directory, "data/a.parquet", "metadata/columns.json", "schema/a.avsc");
        assertThat(names(directory, "/data")).containsExactly("data/a.parquet");
    }

    private static void write(Path directory, String... names) throws IOException {
        for (String name : names) {
            Files.createDirectories(directory.resolve(name).getParent());
            Files.writeString(directory.resolve(name), name);
        }
    }

    /** What a path below the directory stands for, less the directory; nothing where that is refused for want of files. */
    private List<String> names(Path directory, String path) {
        List<SourceFile> files;
        try {
            files = SourceFiles.find(storage, List.of(directory + path));
        } catch (ArtifactException e) {
            if (e.getMessage().contains(" is no file, no directory with files and no pattern")) {
                return List.of();
            }
            throw e;
        }
        return files.stream()
                .map(file -> file.name().substring(("file:" + directory + "/").length()))
                .toList();
    }

    private List<Long> ids(String... paths) {
        return SourceFiles.firstIds(SourceFiles.find(storage, List.of(paths)));
    }
}
