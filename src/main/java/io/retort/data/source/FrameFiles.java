package io.retort.data.source;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.retort.data.source.file.SourceFiles;
import io.retort.data.source.file.SourceFiles.SourceFile;
import io.retort.data.source.frame.FileSchemas;
import io.retort.data.source.frame.FileSchemas.FileSchema;
import io.retort.data.source.frame.Frame;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The plain files of a source, whose rows have an order. */
final class FrameFiles {
    /** The address of a row's file. */
    static final String FILE = "__retort_file";
    /** The row's place in it. */
    static final String PLACE = "__retort_place";

    /** Of {@code monotonically_increasing_id}: the bits below the number of the partition. */
    private static final long PLACE_BITS = (1L << 33) - 1;

    /** Larger than any file, so that each is one partition, and none has two. */
    private static final String WHOLE_FILES = (1L << 58) + "b";

    private static final int FILES_OF_A_TASK = 32;

    private final Storage storage;
    private final FrameSettings settings;
    private final FrameReader reader;
    private final Supplier<List<SourceFile>> files = FrameReader.memo(this::find);
    private final Supplier<Dataset<Row>> all = FrameReader.memo(() -> read(files(), rows -> rows));
    private final Supplier<Schemas> schemas = FrameReader.memo(this::findSchemas);

    FrameFiles(Storage storage, FrameSettings settings, FrameReader reader) {
        this.storage = storage;
        this.settings = settings;
        this.reader = reader;
    }

    /**
     * The columns of files.
     *
     * @param byFile those by which each is read
     * @param all those of all files together
     * @param unreadable why Spark cannot read a column, by its name
     */
    private record Schemas(Map<String, StructType> byFile, StructType all, Map<String, String> unreadable) {}

    /** In how many tasks something is done with small files. */
    static int tasks(JavaSparkContext spark, int files) {
        return Math.max(spark.defaultParallelism(), files / FILES_OF_A_TASK + 1);
    }

    /** In their order. */
    List<SourceFile> files() {
        return files.get();
    }

    /** All rows. */
    Dataset<Row> all() {
        return all.get();
    }

    /** The rows of some files, of each in one partition and in its order, with {@link #FILE} and {@link #PLACE}. */
    Dataset<Row> placed(List<SourceFile> some) {
        return reader.loaded(() -> {
            reader.session().conf().set("spark.sql.files.maxPartitionBytes", WHOLE_FILES);
            reader.session().conf().set("spark.sql.files.openCostInBytes", WHOLE_FILES);
            reader.session().conf().unset("spark.sql.files.maxPartitionNum");
            // A filter is not pushed below a column that depends on the order of rows.
            return read(
                    some,
                    rows -> rows.select(
                            col("*"),
                            col("_metadata.file_path").as(FILE),
                            functions
                                    .monotonically_increasing_id()
                                    .bitwiseAND(lit(PLACE_BITS))
                                    .as(PLACE)));
        });
    }

    /** To follow a message about a column that is not there. */
    String unreadable() {
        return FileSchemas.sentences(schemas.get().unreadable());
    }

    private List<SourceFile> find() {
        List<SourceFile> found = SourceFiles.find(storage, settings.allPaths());
        for (SourceFile file : found) {
            String name = file.path().getName();
            if (name.startsWith("_") || name.startsWith(".")) {
                throw new ArtifactException(file.name() + ": Spark passes over files whose names begin with "
                        + name.charAt(0) + "; give it another name");
            }
        }
        return found;
    }

    /** The files of one load: Spark takes the names of directories below the base for columns' values. */
    private record Group(String base, StructType columns) {}

    private Dataset<Row> read(List<SourceFile> some, UnaryOperator<Dataset<Row>> more) {
        Map<Group, List<String>> groups = new LinkedHashMap<>();
        for (SourceFile file : some) {
            Group group = new Group(base(file), schemas.get().byFile().get(file.name()));
            groups.computeIfAbsent(group, first -> new ArrayList<>()).add(file.name());
        }
        Optional<Dataset<Row>> all = groups.entrySet().stream()
                .map(group -> withAllColumns(more.apply(read(group.getKey(), group.getValue()))))
                .reduce((first, second) -> first.unionByName(second));
        return all.orElseThrow();
    }

    private Dataset<Row> read(Group group, List<String> names) {
        DataFrameReader own = reader(group.base()).schema(group.columns());
        if (settings.dropsBadRows()) {
            own.option("mode", "PERMISSIVE").option("columnNameOfCorruptRecord", Frame.CORRUPT);
        }
        return own.load(SourceFiles.literal(names));
    }

    /** In the order of all files' columns, null where these files lack one. */
    private Dataset<Row> withAllColumns(Dataset<Row> rows) {
        List<String> present = List.of(rows.columns());
        List<String> wanted = List.of(schemas.get().all().fieldNames());
        Stream<Column> columns = Arrays.stream(schemas.get().all().fields())
                .map(field -> present.contains(field.name()) ? as(rows.schema(), field) : lacking(field));
        Stream<Column> others =
                present.stream().filter(name -> !wanted.contains(name)).map(FrameColumns::quoted);
        return rows.select(Stream.concat(columns, others).toArray(Column[]::new));
    }

    /** What Spark wrote as free of nulls it reads as if there were some, and a cast back is refused. */
    private static Column as(StructType own, StructField field) {
        Column column = FrameColumns.quoted(field.name());
        return own.apply(field.name())
                        .dataType()
                        .catalogString()
                        .equals(field.dataType().catalogString())
                ? column
                : column.cast(field.dataType()).as(field.name());
    }

    private static Column lacking(StructField field) {
        return lit(null).cast(field.dataType()).as(field.name());
    }

    /** Spark would look at each file in a task of its own, which for small ones takes longer than reading them. */
    private DataFrameReader reader(String base) {
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(reader.session().sparkContext());
        reader.session()
                .conf()
                .set(
                        "spark.sql.sources.parallelPartitionDiscovery.parallelism",
                        String.valueOf(tasks(spark, files().size())));
        return reader.reader().option("basePath", base);
    }

    private Schemas findSchemas() {
        Optional<StructType> declared = settings.schema().map(StructType::fromDDL);
        if (!FileSchemas.areKnown(settings.format())) {
            StructType all = marked(declared.orElseGet(this::inferred));
            Map<String, StructType> byFile = new HashMap<>();
            files().forEach(file -> byFile.put(file.name(), all));
            return new Schemas(byFile, all, Map.of());
        }
        List<FileSchema> found = FileSchemas.of(
                JavaSparkContext.fromSparkContext(reader.session().sparkContext()),
                storage,
                settings.format(),
                files());
        requireLabels(found);
        Map<String, StructType> byFile = new LinkedHashMap<>();
        Map<String, String> unreadable = new TreeMap<>();
        for (int i = 0; i < found.size(); i++) {
            byFile.put(files().get(i).name(), declared.orElse(found.get(i).columns()));
            unreadable.putAll(found.get(i).unreadable());
        }
        return new Schemas(byFile, declared.orElseGet(() -> together(byFile)), unreadable);
    }

    /** A label that is made by select is its business. */
    private void requireLabels(List<FileSchema> found) {
        for (String label : settings.labelColumns().columns()) {
            boolean isColumn = settings.select().isEmpty() || settings.select().contains(label);
            List<Integer> with = new ArrayList<>();
            List<Integer> without = new ArrayList<>();
            for (int i = 0; i < found.size(); i++) {
                (List.of(found.get(i).columns().fieldNames()).contains(label) ? with : without).add(i);
            }
            if (isColumn && !with.isEmpty() && !without.isEmpty()) {
                throw new ArtifactException(files().get(without.get(0)).name() + " has no column " + label
                        + " for the label, which " + files().get(with.get(0)).name()
                        + " has; where rows of a file have no label, write it as nulls, or let select make it, as in \"CAST("
                        + label + " AS INT) AS " + label + "\"");
            }
        }
    }

    /** Numbers of several widths become the widest. */
    private StructType together(Map<String, StructType> byFile) {
        return new LinkedHashSet<>(byFile.values())
                .stream()
                        .map(columns -> reader.session().createDataFrame(List.<Row>of(), columns))
                        .reduce((first, second) -> first.unionByName(second, true))
                        .orElseThrow()
                        .schema();
    }

    /** The same for all files, as one that lacks a column would otherwise shift those of CSV. */
    private StructType inferred() {
        DataFrameReader own = reader(base(files().get(0)));
        if (settings.dropsBadRows()) {
            own.option("mode", "DROPMALFORMED");
        }
        return own.load(SourceFiles.literal(
                        files().stream().map(SourceFile::name).toList()))
                .schema();
    }

    private StructType marked(StructType columns) {
        boolean marks = settings.dropsBadRows() && List.of("csv", "json").contains(settings.format());
        return marks ? columns.add(Frame.CORRUPT, DataTypes.StringType) : columns;
    }

    /** The directory that the recipe names, or the fixed part of its pattern. */
    private static String base(SourceFile file) {
        Path base = file.path();
        for (int i = 0; i < new Path(file.within()).depth() && base.getParent() != null; i++) {
            base = base.getParent();
        }
        return base.toString();
    }
}
