package io.retort.data.source;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.retort.data.ClassNames;
import io.retort.data.Numbers;
import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.encode.TokenInput;
import io.retort.data.source.file.SourceFiles;
import io.retort.data.source.file.SourceFiles.SourceFile;
import io.retort.data.source.file.SourceFiles.Split;
import io.retort.data.source.frame.Frame;
import io.retort.data.source.frame.FrameCounts;
import io.retort.data.source.frame.FrameRows;
import io.retort.data.source.frame.FrameTypes;
import io.retort.data.source.frame.FrameValues;
import io.retort.network.Vocabulary;
import io.retort.spark.ParallelTasks;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.Serializable;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * The rows of a Spark DataFrame. Which shards they become depends on the rows alone, and not on the sizes of Spark's
 * splits, on cores or on adaptive plans.
 *
 * <p>Plain files without an id are a part each. One task reads a whole file, so that a row's place in it, counted before
 * {@code where}, makes its id. All else is one part, whose shards are {@linkplain IdRanges ranges of ids}.
 */
final class FrameSource implements Source {
    /** What Spark reckons that opening a file is worth. */
    private static final long SMALL_BYTES = 4 << 20;

    private final Storage storage;
    private final FrameSettings settings;
    private final FrameReader reader;
    private final Supplier<TokenInput> tokens;

    FrameSource(Storage storage, FrameSettings settings) {
        this.storage = storage;
        this.settings = settings;
        this.reader = new FrameReader(storage, settings);
        this.tokens = FrameReader.memo(() -> settings.text().orElseThrow().input(storage));
    }

    /** Whether files are there, and what {@link FrameLook} can tell of them. */
    @Override
    public FirstLook look() {
        List<FirstLook.Problem> problems = settings.isPlainFiles()
                ? FirstLook.missing(storage, settings.files())
                : settings.data().entrySet().stream()
                        .flatMap(entry -> entry.getValue().stream()
                                .filter(path -> !storage.exists(new Path(path)))
                                .map(path -> new FirstLook.Problem(entry.getKey(), path + " is no directory", true)))
                        .toList();
        return settings.isPlainFiles() && problems.isEmpty()
                ? FrameLook.at(storage, settings, reader.files().files())
                : FirstLook.unseen(problems, FrameLook.UNSEEN);
    }

    @Override
    public Schema schema() {
        return schema(columns(selected(reader.all(), List.of())));
    }

    private Schema schema(FrameColumns columns) {
        if (settings.text().isPresent()) {
            return columns.schema(tokens.get());
        }
        return columns.schema(
                columns.hasList()
                                && settings.shape().isEmpty()
                                && settings.image().isEmpty()
                        ? length(columns)
                        : 1);
    }

    /** Of the first list of features that is there. */
    private int length(FrameColumns columns) {
        Dataset<Row> lists = reader.loaded(() -> selected(reader.all(), List.of())
                .select(columns.featureColumns().get(0).as("list")));
        InternalRow[] first = reader.loaded(() -> lists.where("list IS NOT NULL")
                .limit(1)
                .queryExecution()
                .executedPlan()
                .executeCollect());
        return FrameRows.firstLength(
                        Arrays.asList(first).iterator(),
                        0,
                        lists.schema().apply(0).dataType())
                .orElseThrow(() -> new ArtifactException(
                        "the source has no samples: " + reader.origin() + " has no rows with features"));
    }

    @Override
    public List<Header> headers(int most) {
        return List.of(columns(selected(reader.all(), List.of())).header());
    }

    @Override
    public Rows first(int most) {
        return first(most, rows -> {})
                .orElseThrow(() -> new ArtifactException("the source has no samples: " + emptiness()));
    }

    @Override
    public String emptiness() {
        return settings.where()
                .map(condition -> "no row of " + reader.origin() + " meets where = \"" + condition + "\"")
                .orElseGet(Source.super::emptiness);
    }

    @Override
    public Optional<String> rounded(int most) {
        List<String> found = new ArrayList<>();
        first(most, rows -> rows.rounded().ifPresent(found::add));
        return found.stream().findFirst().map(number -> number + Numbers.ROUNDED);
    }

    /** The first rows, wherever Spark finds them. */
    private Optional<Rows> first(int most, Consumer<FrameRows> seen) {
        Frame frame =
                settings.id().isPresent() ? byId() : ofFiles(reader.files().files());
        InternalRow[] some = reader.loaded(() -> frame.projected(lit(0))
                .limit(most)
                .queryExecution()
                .executedPlan()
                .executeCollect());
        if (settings.id().isPresent()) { // rows of files are in their order
            Arrays.sort(some, Comparator.comparingLong(row -> row.getLong(FrameRows.KEY)));
        }
        FrameRows rows = new FrameRows(Arrays.asList(some).iterator(), frame.layout());
        List<Rows> pieces = new ArrayList<>();
        while (rows.hasNext()) {
            rows.pieces(0, most, most).forEachRemaining(pieces::add);
        }
        seen.accept(rows);
        return pieces.isEmpty() ? Optional.empty() : Optional.of(Rows.joined(pieces));
    }

    @Override
    public List<Long> counts() {
        if (!settings.isPlainFiles() || settings.id().isPresent()) {
            return List.of(reader.loaded(() -> filtered(reader.all()).count()));
        }
        List<SourceFile> files = reader.files().files();
        Map<String, Long> byFile = new HashMap<>();
        reader.loaded(() -> filtered(reader.files().placed(files))
                        .groupBy(FrameFiles.FILE)
                        .count()
                        .collectAsList())
                .forEach(row -> byFile.put(name(row.getString(0)), row.getLong(1)));
        return files.stream().map(file -> byFile.getOrDefault(file.name(), 0L)).toList();
    }

    /** With a limit their share of all rows. */
    @Override
    public long ofClasses(Collection<Integer> classes) {
        Optional<String> label = settings.labelColumns().classColumn();
        if (label.isEmpty()) {
            return 0;
        }
        Dataset<Row> rows = selected(reader.all(), List.of());
        ClassNames names = ClassNames.of(settings.labelColumns().target().names());
        return reader.loaded(
                () -> FrameCounts.ofClasses(rows, columns(rows).label(label.get()), names, classes, settings.limit()));
    }

    @Override
    public List<String> mostFrequentTokens() {
        TokenInput.Settings text = settings.text().orElseThrow();
        return reader.loaded(() -> FrameCounts.mostFrequentTokens(
                Frame.readable(taken()), FrameColumns.quoted(text.column()), text.mostTokens()));
    }

    /** All rows, or with a limit the first of them. */
    private Dataset<Row> taken() {
        if (settings.limit().isEmpty()) {
            return selected(reader.all(), List.of());
        }
        long most = settings.limit().get();
        if (settings.id().isPresent()) {
            Frame all = byId();
            return all.first(most, all.key()).rows();
        }
        HashMap<String, Integer> places = new HashMap<>();
        List<SourceFile> files = reader.files().files();
        files.forEach(file -> places.put(file.name(), places.size()));
        UDF1<String, Integer> place = address -> places.get(name(address));
        Frame all = ofFiles(files);
        return all.first(most, functions.udf(place, DataTypes.IntegerType).apply(all.file()), all.key())
                .rows();
    }

    @Override
    public Optional<Path> place() {
        return settings.allPaths().stream().findFirst().map(Path::new);
    }

    @Override
    public List<Part> parts() {
        if (!settings.isPlainFiles()) {
            return List.of(
                    new Part(List.of(), reader.version(), settings.limit().orElse(Long.MAX_VALUE)));
        }
        List<Split> splits = SourceFiles.splits(reader.files().files());
        return settings.id().isPresent() || settings.limit().isPresent()
                ? List.of(Part.of(splits, settings.limit()))
                : splits.stream()
                        .map(split -> Part.of(List.of(split), Optional.empty()))
                        .toList();
    }

    @Override
    public Sharded shard(JavaSparkContext spark, List<Part> parts, Schema schema, int size, ShardWriter writer) {
        return reader.loaded(() -> {
            if (settings.id().isPresent()) {
                IdRanges ranges = new IdRanges(reader.origin(), size);
                Sharded sharded = ranges.shard(spark, byId(), parts.get(0).limit(), writer);
                writer.keep(parts.get(0), sharded.lists().get(0));
                return sharded;
            }
            return settings.limit().isPresent()
                    ? firstOfFiles(parts.get(0), size, writer)
                    : allFiles(spark, parts, size, writer);
        });
    }

    /** All rows, by their ids. */
    private Frame byId() {
        Dataset<Row> rows = selected(reader.all(), List.of());
        FrameColumns columns = columns(rows);
        return frame(rows, lit(null).cast("string"), columns.id(settings.id().orElseThrow()), columns);
    }

    /** The rows of files, each of which is a partition, by their places in them. */
    private Frame ofFiles(List<SourceFile> files) {
        Dataset<Row> rows = selected(reader.files().placed(files), List.of(FrameFiles.FILE, FrameFiles.PLACE));
        return frame(
                rows,
                col(FrameFiles.FILE),
                col(FrameFiles.PLACE),
                columns(rows.drop(FrameFiles.FILE, FrameFiles.PLACE)));
    }

    private Frame frame(Dataset<Row> rows, Column file, Column key, FrameColumns columns) {
        List<Column> values = new ArrayList<>();
        Stream.of(columns.featureColumns(), columns.labels(), columns.beside())
                .flatMap(List::stream)
                .forEach(column -> values.add(column.as("value" + values.size())));
        Schema schema = schema(columns);
        FrameValues.Columns layout = new FrameValues.Columns(
                schema.hasTexts() ? schema.with(Vocabulary.none()) : schema, // texts become ids elsewhere
                columns.features(),
                settings.labelColumns(),
                "",
                FrameTypes.all(rows.select(values.toArray(Column[]::new)).schema()),
                settings.image().map(FrameSettings.Image::decoder).orElse(null),
                settings.keepsMissing());
        return new Frame(
                rows,
                file,
                key,
                values,
                new FrameRows.Layout(reader.origin(), settings.id().orElse(""), layout, settings.dropsBadRows()));
    }

    private FrameColumns columns(Dataset<Row> rows) {
        return new FrameColumns(
                reader.origin(), settings, rows.drop(Frame.CORRUPT).schema(), reader.unreadable());
    }

    private Dataset<Row> filtered(Dataset<Row> rows) {
        return reader.loaded(() -> settings.where().map(rows::where).orElse(rows));
    }

    /** @param kept columns of ours beside those of {@code select} */
    private Dataset<Row> selected(Dataset<Row> rows, List<String> kept) {
        Dataset<Row> filtered = filtered(rows);
        if (settings.select().isEmpty()) {
            return filtered;
        }
        Stream<String> own =
                Stream.concat(kept.stream(), Stream.of(Frame.CORRUPT).filter(List.of(rows.columns())::contains));
        return reader.loaded(() -> filtered.selectExpr(
                Stream.concat(settings.select().stream(), own).toArray(String[]::new)));
    }

    /** A task for each large file; small ones, such as pictures, share tasks. */
    private Sharded allFiles(JavaSparkContext spark, List<Part> parts, int size, ShardWriter writer) {
        List<Split> splits = parts.stream().map(part -> part.splits().get(0)).toList();
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < splits.size(); i++) {
            places.put(splits.get(i).files().get(0).name(), i);
        }
        List<Part> travelling = List.copyOf(parts);
        HashMap<String, Integer> byFile = new HashMap<>(places);
        FileTask task = rows -> {
            List<FileRows> made = new ArrayList<>();
            while (rows.hasNext()) {
                int place = byFile.get(name(rows.file()));
                Part part = travelling.get(place);
                long read = rows.read();
                long before = rows.dropped();
                String list = writer.write(rows.pieces(part.splits().get(0).firstId(), size, Long.MAX_VALUE));
                writer.keep(part, list);
                made.add(new FileRows(place, rows.read() - read, rows.dropped() - before, list));
            }
            return made;
        };
        Map<Boolean, List<Split>> bySize = splits.stream()
                .collect(Collectors.partitioningBy(split -> split.files().get(0).length() <= SMALL_BYTES));
        List<Split> small = bySize.get(true);
        List<FileRows> found = new ArrayList<>(run(small, FrameFiles.tasks(spark, small.size()), task));
        found.addAll(run(bySize.get(false), bySize.get(false).size(), task));
        String[] lists = new String[parts.size()];
        long dropped = 0;
        for (FileRows file : found) {
            if (lists[file.place()] != null) {
                throw new IllegalStateException("a file was read in two tasks: " + splits.get(file.place()));
            }
            lists[file.place()] = file.list();
            dropped += file.dropped();
        }
        for (int i = 0; i < lists.length; i++) {
            if (lists[i] == null) { // no row of it was read
                lists[i] = writer.joined(List.of());
                writer.keep(parts.get(i), lists[i]);
            }
        }
        return new Sharded(List.of(lists), dropped);
    }

    /** One file after the other, until there are enough rows. */
    private Sharded firstOfFiles(Part part, int size, ShardWriter writer) {
        List<String> lists = new ArrayList<>();
        long left = part.limit();
        long dropped = 0;
        for (Split split : part.splits()) {
            long most = left;
            if (most == 0) {
                break;
            }
            for (FileRows file : run(List.of(split), 1, rows -> {
                String list = writer.write(rows.pieces(split.firstId(), size, most));
                return List.of(new FileRows(0, rows.read(), rows.dropped(), list));
            })) {
                lists.add(file.list());
                left -= file.rows();
                dropped += file.dropped();
            }
        }
        String list = writer.joined(lists);
        writer.keep(part, list);
        return new Sharded(List.of(list), dropped);
    }

    /** What became of a file. */
    private record FileRows(int place, long rows, long dropped, String list) implements Serializable {}

    /** The work on the rows of files, of which there are some. */
    private interface FileTask extends Serializable {
        List<FileRows> of(FrameRows rows);
    }

    /** @param tasks at most, each of which works on whole files */
    private List<FileRows> run(List<Split> splits, int tasks, FileTask task) {
        if (splits.isEmpty()) {
            return List.of();
        }
        List<SourceFile> files =
                splits.stream().map(split -> split.files().get(0)).toList();
        Frame frame = ofFiles(files);
        FrameRows.Layout layout = frame.layout();
        JavaRDD<InternalRow> rdd =
                frame.projected(lit(0)).queryExecution().toRdd().toJavaRDD();
        return ParallelTasks.ofPartitions(rdd.coalesce(tasks), rows -> {
            FrameRows own = new FrameRows(rows, layout);
            return own.hasNext() ? task.of(own) : List.of();
        });
    }

    /** The path of a file, which Spark writes as an address. */
    private static String name(String address) {
        return new Path(URI.create(address)).toString();
    }
}
