package io.retort.data.source;

import io.retort.data.Schema;
import io.retort.data.source.FirstLook.Problem;
import io.retort.data.source.file.SourceFiles.SourceFile;
import io.retort.data.source.frame.FileSchemas;
import io.retort.data.source.frame.FileSchemas.FileSchema;
import io.retort.data.source.frame.FrameRows;
import io.retort.data.source.frame.ParquetFileRows;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What can be told of the Parquet files of a DataFrame before Spark starts: that each can be read, which columns they
 * have by their footers, and what the first labels are. What {@code select} makes of the columns, and all other values,
 * are Spark's to read.
 */
final class FrameLook {
    private static final String NOT_STARTED = ", which is not started for a look at the recipe";

    /** Of what only Spark reads. */
    static final String UNSEEN = "since Spark reads its columns and rows" + NOT_STARTED;

    private final Storage storage;
    private final FrameSettings settings;
    private final List<SourceFile> files;
    private final List<FileSchema> opened = new ArrayList<>();

    private FrameLook(Storage storage, FrameSettings settings, List<SourceFile> files) {
        this.storage = storage;
        this.settings = settings;
        this.files = files;
    }

    /** Looks at files that are there. */
    static FirstLook at(Storage storage, FrameSettings settings, List<SourceFile> files) {
        boolean isPartitioned = files.stream().anyMatch(file -> file.within().contains("="));
        if (!settings.format().equals(FileSchemas.PARQUET) || settings.schema().isPresent() || isPartitioned) {
            return FirstLook.unseen(List.of(), UNSEEN);
        }
        return new FrameLook(storage, settings, files).look();
    }

    private FirstLook look() {
        List<Problem> problems = new ArrayList<>();
        long begun = System.nanoTime();
        for (SourceFile file : files) {
            if (!FirstLook.goesOn(opened.size(), begun, FirstLook.MOST_TIME)) {
                break;
            }
            try {
                opened.add(FileSchemas.read(storage, FileSchemas.PARQUET, file.path()));
            } catch (ArtifactException e) {
                problems.add(new Problem("", e.getMessage(), false));
                opened.add(new FileSchema(new StructType(), Map.of()));
            }
        }
        Optional<Schema> schema = Optional.empty();
        if (problems.isEmpty() && settings.select().isEmpty() && opened.size() == files.size()) {
            try {
                schema = schema(problems);
            } catch (ArtifactException | IllegalArgumentException e) {
                problems.add(new Problem("", e.getMessage(), false));
            }
        }
        String unseen =
                "since Spark reads its rows" + (settings.select().isEmpty() ? "" : ", and what select makes of them");
        return new FirstLook(
                schema, List.copyOf(problems), files.size(), opened.size(), Optional.of(unseen + NOT_STARTED));
    }

    /** A file that lacks a column has nulls there, so it is the columns of all together that must be there. */
    private Optional<Schema> schema(List<Problem> problems) {
        Map<String, StructField> all = new LinkedHashMap<>();
        Map<String, String> unreadable = new TreeMap<>();
        for (FileSchema file : opened) {
            Arrays.stream(file.columns().fields()).forEach(field -> all.putIfAbsent(field.name(), field));
            unreadable.putAll(file.unreadable());
        }
        FrameColumns columns = new FrameColumns(
                settings.allPaths().get(0),
                settings,
                new StructType(all.values().toArray(StructField[]::new)),
                FileSchemas.sentences(unreadable));
        columns.featureColumns();
        columns.labels();
        columns.beside();
        settings.id().ifPresent(columns::id);
        boolean needsLength = columns.hasList()
                && settings.shape().isEmpty()
                && settings.image().isEmpty();
        Optional<Schema> schema = settings.text().isPresent()
                ? settings.text().map(text -> columns.schema(text.input(storage)))
                : (needsLength ? length(columns) : Optional.of(1)).map(columns::schema);
        if (!settings.dropsBadRows()) {
            schema.flatMap(this::labelProblem).ifPresent(message -> problems.add(new Problem("label", message, false)));
        }
        return schema;
    }

    /** Of the first list of features in the first file that has the column; nothing where rows may be left out. */
    private Optional<Integer> length(FrameColumns columns) {
        if (settings.where().isPresent()) {
            return Optional.empty();
        }
        String name = columns.features().get(0);
        OptionalInt first = first(name);
        try (ParquetFileRows rows = rows(first.orElseThrow(), name)) {
            return FrameRows.firstLength(
                    rows,
                    FrameRows.VALUES,
                    opened.get(first.getAsInt()).columns().apply(name).dataType());
        }
    }

    private Optional<String> labelProblem(Schema schema) {
        Optional<String> label = settings.labelColumns().classColumn();
        if (label.isEmpty() || settings.where().isPresent()) {
            return Optional.empty();
        }
        int first = first(label.get()).orElseThrow();
        List<String> labels = new ArrayList<>();
        try (ParquetFileRows rows = rows(first, label.get())) {
            FrameRows.forEachWritten(
                    rows, opened.get(first).columns().apply(label.get()).dataType(), FirstLook.MOST_ROWS, labels::add);
        }
        return FirstLook.labelProblem(labels, schema)
                .map(message -> files.get(first).name() + ": " + message);
    }

    private OptionalInt first(String column) {
        return IntStream.range(0, opened.size())
                .filter(file -> List.of(opened.get(file).columns().fieldNames()).contains(column))
                .findFirst();
    }

    private ParquetFileRows rows(int file, String column) {
        return ParquetFileRows.open(storage, files.get(file).path(), new StructType(new StructField[] {
            opened.get(file).columns().apply(column)
        }));
    }
}
