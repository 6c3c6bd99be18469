package io.retort.data.source.frame;

import io.retort.data.source.file.SourceFiles.SourceFile;
import io.retort.spark.ParallelTasks;
import io.retort.storage.ArtifactException;
import io.retort.storage.ParquetRows;
import io.retort.storage.Storage;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.apache.orc.OrcFile;
import org.apache.orc.Reader;
import org.apache.orc.TypeDescription;
import org.apache.parquet.hadoop.Footer;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.execution.datasources.orc.OrcUtils;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.execution.datasources.parquet.ParquetToSparkSchemaConverter;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of Parquet and ORC files, of each by its own footer. Spark takes those of one file for all: of a number
 * that is an int in one file and a long in another it reads neither, and one type that it does not know keeps it from
 * all other columns.
 */
public final class FileSchemas {
    public static final String PARQUET = "parquet";
    public static final String ORC = "orc";

    /** So few are read at once, without a job. */
    private static final int FEW = 8;

    private static final int SLICES_OF_A_SLOT = 4;

    /** A type of somebody's own, which Spark would make an instance of. */
    private static final Pattern FOREIGN_TYPE = Pattern.compile("\"class\"\\s*:\\s*\"(?!org\\.apache\\.spark\\.ml\\.)");

    private FileSchemas() {}

    /**
     * The columns of a file.
     *
     * @param unreadable why Spark cannot read a column, by its name
     */
    public record FileSchema(StructType columns, Map<String, String> unreadable) implements Serializable {
        public FileSchema {
            unreadable = Map.copyOf(unreadable);
        }
    }

    public static boolean areKnown(String format) {
        return List.of(PARQUET, ORC).contains(format);
    }

    /** Why columns cannot be read, to follow a message about one that is not there. */
    public static String sentences(Map<String, String> unreadable) {
        return new TreeMap<>(unreadable)
                .entrySet().stream()
                        .map(column -> "; its column " + column.getKey() + " is not read, since Spark says: "
                                + column.getValue() + " Write it as another type")
                        .reduce("", String::concat);
    }

    /** Of many files in tasks of Spark. */
    public static List<FileSchema> of(JavaSparkContext spark, Storage storage, String format, List<SourceFile> files) {
        if (files.size() <= FEW) {
            return read(storage, format, files);
        }
        int slices = Math.min(files.size(), SLICES_OF_A_SLOT * spark.defaultParallelism());
        List<ArrayList<SourceFile>> inputs = new ArrayList<>();
        for (int i = 0; i < slices; i++) {
            inputs.add(new ArrayList<>(files.subList(
                    (int) ((long) i * files.size() / slices), (int) ((long) (i + 1) * files.size() / slices))));
        }
        return ParallelTasks.collect(spark, inputs, slice -> new ArrayList<>(read(storage, format, slice))).stream()
                .flatMap(List::stream)
                .toList();
    }

    private static List<FileSchema> read(Storage storage, String format, List<SourceFile> files) {
        return files.stream().map(file -> read(storage, format, file.path())).toList();
    }

    /** Of one file. */
    public static FileSchema read(Storage storage, String format, Path file) {
        try {
            return format.equals(PARQUET) ? ofParquet(storage, file) : ofOrc(storage, file);
        } catch (ArtifactException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new ArtifactException(
                    file + " cannot be read as " + (format.equals(PARQUET) ? "Parquet" : "ORC") + ": " + e.getMessage(),
                    e);
        }
    }

    private static FileSchema ofOrc(Storage storage, Path file) throws IOException {
        try (Reader reader = OrcFile.createReader(file, OrcFile.readerOptions(storage.configuration()))) {
            TypeDescription schema = reader.getSchema();
            boolean empty = schema.getFieldNames().isEmpty();
            return new FileSchema(empty ? new StructType() : OrcUtils.toCatalystSchema(schema), Map.of());
        }
    }

    private static FileSchema ofParquet(Storage storage, Path file) throws IOException {
        FileMetaData footer = ParquetRows.footer(storage, file).getFileMetaData();
        ParquetToSparkSchemaConverter converter = new ParquetToSparkSchemaConverter(new SQLConf());
        List<Type> readable = new ArrayList<>();
        Map<String, String> unreadable = new TreeMap<>();
        for (Type column : footer.getSchema().getFields()) {
            try {
                converter.convert(new MessageType("column", column));
                readable.add(column);
            } catch (Exception e) { // Scala's throw checked ones without saying so
                unreadable.put(column.getName(), e.getMessage());
            }
        }
        boolean isForeign = footer.getKeyValueMetaData().values().stream()
                .anyMatch(value -> FOREIGN_TYPE.matcher(value).find());
        FileMetaData known = new FileMetaData(
                new MessageType(footer.getSchema().getName(), readable),
                isForeign ? Map.of() : footer.getKeyValueMetaData(),
                footer.getCreatedBy());
        StructType columns = ParquetFileFormat.readSchemaFromFooter(
                new Footer(file, new ParquetMetadata(known, List.of())), converter);
        return new FileSchema(columns, unreadable);
    }
}
