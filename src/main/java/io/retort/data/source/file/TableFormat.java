package io.retort.data.source.file;

import io.retort.data.source.file.SourceFiles.SourceFile;
import io.retort.storage.ArtifactException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Tables in whose directory not every file counts: a log beside them decides that. Read as plain files they have rows
 * that were deleted or replaced.
 *
 * <p>Delta: {@code _delta_log/}; Hudi: {@code .hoodie/}; Iceberg: {@code metadata/*.metadata.json}; Paimon:
 * {@code schema/schema-0}; the output of a Spark stream: {@code _spark_metadata/}.
 */
enum TableFormat {
    DELTA("a Delta table", "_delta_log", "read it as a table, with kind = spark and format = delta"),
    HUDI("a Hudi table", ".hoodie"),
    ICEBERG("an Iceberg table", "metadata", "read it as a table, with kind = spark and format = iceberg") {
        @Override
        boolean isMark(FileSystem fileSystem, Path mark) throws IOException {
            FileStatus[] files = fileSystem.listStatus(mark);
            return Arrays.stream(files)
                    .anyMatch(file -> file.getPath().getName().matches(".*\\.metadata\\.json(\\.gz)?"));
        }
    },
    PAIMON("a Paimon table", "schema/schema-0"),
    STREAM("the output of a Spark stream", "_spark_metadata");

    private final String title;
    private final String mark;
    private final String remedy;

    TableFormat(String title, String mark) {
        this(title, mark, "read it with Spark, write the rows out (df.write.parquet), and name that directory instead");
    }

    TableFormat(String title, String mark, String remedy) {
        this.title = title;
        this.mark = mark;
        this.remedy = remedy;
    }

    /** Refuses files that lie in such a table, whatever path led to them. */
    static void refuse(FileSystem fileSystem, Iterable<SourceFile> files) {
        Set<Path> directories = new TreeSet<>();
        for (SourceFile file : files) {
            Path at = file.path().getParent();
            while (at != null && directories.add(at)) {
                at = at.getParent();
            }
        }
        for (Path directory : directories) {
            if (!directory.getName().contains("=")) { // a table's partition, whose root is looked at
                for (TableFormat format : values()) {
                    format.refuseIfMarked(fileSystem, directory);
                }
            }
        }
    }

    private void refuseIfMarked(FileSystem fileSystem, Path directory) {
        Path path = new Path(directory, mark);
        try {
            if (!fileSystem.exists(path) || !isMark(fileSystem, path)) {
                return;
            }
        } catch (IOException e) { // Some directory above may be closed to this user, who then reads no table in it.
            return;
        }
        throw new ArtifactException(directory + " is " + title + ": it holds " + mark
                + ", a log that says which of its files and rows count, and its files alone would bring back deleted"
                + " or replaced rows; " + remedy);
    }

    boolean isMark(FileSystem fileSystem, Path path) throws IOException {
        return true;
    }
}
