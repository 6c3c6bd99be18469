package io.retort.ml;

import io.retort.data.source.file.SourceFiles;
import io.retort.data.source.file.SourceFiles.SourceFile;
import io.retort.run.progress.Progress;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.Json;
import io.retort.storage.Lease;
import io.retort.storage.Storage;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Scores files by a model: Parquet with the rows and columns of the files and the model's outputs behind them.
 *
 * <p>Files are scored in groups, of which each is there as a whole or not at all: its Parquet files count once
 * {@code _retort/<group>.json} names them. So a job that was killed goes on where it was, and files that were added are
 * scored alone. Files of a group that did not end are removed by the next job.
 */
public final class FileScoring {
    private static final String NOTES = "_retort";
    private static final String MODEL = "model.json";
    private static final String LEASE = "lease";
    private static final String PREFIX = "scored-";
    private static final String SUFFIX = ".parquet";
    private static final int MOST_FILES = 64;
    private static final long MOST_BYTES = 1L << 30;

    private final SparkSession session;
    private final Storage storage;
    private final Progress progress;
    private final OnnxTransformer model;
    private final Path out;

    public FileScoring(SparkSession session, Progress progress, OnnxTransformer model, Path out) {
        this.session = session;
        this.storage = Storage.of(session.sparkContext().hadoopConfiguration());
        this.progress = progress;
        this.model = model;
        this.out = out;
    }

    /**
     * The files to score.
     *
     * @param format such as parquet or csv
     * @param options of the format
     */
    public record Input(List<String> paths, String format, Map<String, String> options) {}

    /**
     * What was done.
     *
     * @param rows that were scored now
     * @param files that were scored now, and {@code finished} those that were before
     */
    public record Result(long rows, int files, int finished) {}

    /** The note of the model whose scores a directory holds. */
    record Scorer(String fingerprint) {}

    /** The note of a group. */
    record Group(List<String> sources, List<String> files) {}

    /**
     * Scores what has not been scored.
     *
     * @throws ArtifactException where the directory holds something else
     * @throws Lease.HeldException while another process scores into the directory
     */
    public Result score(Input input) {
        List<SourceFile> all = SourceFiles.find(storage, input.paths());
        requireOwn();
        Path lease = new Path(out, NOTES + "/" + LEASE);
        try (Lease held = Lease.acquire(storage, lease, "retort score", Lease.Terms.USUAL, Clock.systemUTC())) {
            requireOwn(); // another job may have come and gone
            storage.write(new Path(out, NOTES + "/" + MODEL), Json.file(new Scorer(model.fingerprint())));
            return score(input, all, held);
        }
    }

    private Result score(Input input, List<SourceFile> all, Lease held) {
        Set<String> finished = finished();
        List<SourceFile> left =
                all.stream().filter(file -> !finished.contains(key(file))).toList();
        long rows = 0;
        if (!left.isEmpty()) {
            StructType schema = reader(input).load(paths(all)).schema();
            model.transformSchema(schema);
            try (Progress.Stage stage = progress.begin("score", "files", all.size())) {
                stage.skip(all.size() - left.size());
                for (List<SourceFile> group : groups(left)) {
                    rows += score(reader(input).schema(schema).load(paths(group)), group, held);
                    stage.advance(group.size());
                }
            }
        }
        return new Result(rows, left.size(), all.size() - left.size());
    }

    DataFrameReader reader(Input input) {
        return session.read()
                .format(input.format())
                .option("enforceSchema", "false") // otherwise Spark takes columns of CSV files by their place alone
                .option("mode", "FAILFAST") // otherwise Spark cuts or fills a row of another length
                .options(input.options());
    }

    private static String[] paths(List<SourceFile> files) {
        return SourceFiles.literal(files.stream().map(SourceFile::name).toList());
    }

    private static String key(SourceFile file) {
        return new Digest().add(file).key();
    }

    /** The directory is new, of the same model, or of one that has scored nothing yet. */
    private void requireOwn() {
        Optional<Scorer> found = Json.find(storage, new Path(out, NOTES + "/" + MODEL), Scorer.class);
        if (found.isEmpty()
                && storage.list(out).stream()
                        .anyMatch(file -> !file.getPath().getName().equals(NOTES))) {
            throw new ArtifactException(out + " is not empty and holds no scores; name another directory");
        } else if (found.isPresent()
                && !found.get().fingerprint().equals(model.fingerprint())
                && storage.list(new Path(out, NOTES)).stream().anyMatch(FileScoring::isGroup)) {
            throw new ArtifactException(
                    out + " holds the scores of another model, or of other inputs and outputs; name another directory");
        }
    }

    private static boolean isGroup(FileStatus note) {
        String name = note.getPath().getName();
        return name.startsWith(PREFIX) && name.endsWith(".json");
    }

    /** The keys of files that were scored; what no note names is removed. */
    private Set<String> finished() {
        Set<String> sources = new HashSet<>();
        Set<String> named = new HashSet<>();
        for (FileStatus note : storage.list(new Path(out, NOTES))) {
            String name = note.getPath().getName();
            if (isGroup(note)) {
                Group group = Json.find(storage, note.getPath(), Group.class).orElseThrow();
                sources.addAll(group.sources());
                named.addAll(group.files());
            } else if (note.isDirectory() && name.startsWith(PREFIX)) {
                storage.delete(note.getPath()); // of a job that did not end
            }
        }
        for (FileStatus file : storage.list(out)) {
            String name = file.getPath().getName();
            if (name.startsWith(PREFIX) && name.endsWith(SUFFIX) && !named.contains(name)) {
                storage.delete(file.getPath());
            }
        }
        return sources;
    }

    private static List<List<SourceFile>> groups(List<SourceFile> files) {
        List<List<SourceFile>> groups = new ArrayList<>();
        long bytes = 0;
        for (SourceFile file : files) {
            List<SourceFile> last = groups.isEmpty() ? List.of() : groups.get(groups.size() - 1);
            if (groups.isEmpty() || last.size() == MOST_FILES || bytes + file.length() > MOST_BYTES) {
                groups.add(new ArrayList<>());
                bytes = 0;
            }
            groups.get(groups.size() - 1).add(file);
            bytes += file.length();
        }
        return groups;
    }

    private static String name(List<String> sources) {
        return PREFIX + new Digest().addTexts(sources).key();
    }

    /** Returns the number of rows. */
    private long score(Dataset<Row> rows, List<SourceFile> group, Lease held) {
        List<String> sources = group.stream().map(FileScoring::key).toList();
        String name = name(sources);
        Path unfinished = new Path(out, NOTES + "/" + name);
        storage.delete(unfinished);
        model.transform(rows).write().parquet(unfinished.toString());
        long count = session.read().parquet(unfinished.toString()).count();
        held.requireHeld();
        List<String> files = new ArrayList<>();
        for (FileStatus part : storage.list(unfinished)) {
            if (part.getPath().getName().endsWith(SUFFIX)) {
                String file = name + "-" + files.size() + SUFFIX;
                storage.publish(part.getPath(), new Path(out, file));
                files.add(file);
            }
        }
        storage.write(new Path(out, NOTES + "/" + name + ".json"), Json.file(new Group(sources, files)));
        storage.delete(unfinished);
        return count;
    }
}
