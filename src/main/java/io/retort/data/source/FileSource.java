package io.retort.data.source;

import io.retort.data.DataType;
import io.retort.data.Numbers;
import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.source.Reader.RowStream;
import io.retort.data.source.file.SourceFiles.Split;
import io.retort.data.source.frame.Ahead;
import io.retort.data.source.frame.FrameRows;
import io.retort.spark.ParallelTasks;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.Serializable;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/** Files that a {@link Reader} of ours reads, one task for each. */
public final class FileSource implements Source {
    private final Storage storage;
    private final Reader reader;
    private final Map<String, List<String>> files;
    private final Optional<Long> limit;
    private List<Split> splits = List.of();

    /** @param files by the settings that name them */
    FileSource(Storage storage, Reader reader, Map<String, List<String>> files, Optional<Long> limit) {
        this.storage = storage;
        this.reader = reader;
        this.files = files;
        this.limit = limit;
    }

    /** The settings of one kind of {@link Reader}. */
    public interface Settings extends ReaderSettings {
        Reader reader();

        @Override
        default Settings withElements(List<String> columns) {
            return this;
        }

        @Override
        default Source source(Storage storage) {
            return new FileSource(storage, reader(), files(), limit());
        }
    }

    private List<Split> splits() {
        if (splits.isEmpty()) {
            splits = reader.splits(storage);
        }
        return splits;
    }

    @Override
    public FirstLook look() {
        return FirstLook.at(storage, reader, files, limit);
    }

    @Override
    public Schema schema() {
        return reader.schema(storage, splits());
    }

    @Override
    public List<Header> headers(int most) {
        return splits().stream()
                .limit(most)
                .map(split -> new Header(split.files().get(0).name(), reader.header(storage, split)))
                .filter(header -> !header.columns().isEmpty())
                .toList();
    }

    @Override
    public Rows first(int most) {
        Schema schema = schema();
        for (Split split : splits()) {
            try (RowStream stream = reader.open(storage, split, schema)) {
                Rows rows = stream.read(most);
                if (rows.count() > 0) {
                    return rows;
                }
            }
        }
        throw new ArtifactException(
                "the source has no samples: " + splits().get(0).files().get(0).name() + " is empty");
    }

    /** Looks at the first split and the last. */
    @Override
    public Optional<String> rounded(int most) {
        Schema schema = schema();
        if (schema.element() != DataType.FLOAT32) {
            return Optional.empty();
        }
        List<Split> all = splits();
        for (Split split : new LinkedHashSet<>(List.of(all.get(0), all.get(all.size() - 1)))) {
            try (RowStream samples = reader.open(storage, split, schema)) {
                samples.read(most);
                if (samples.rounded().isPresent()) {
                    return samples.rounded().map(found -> found + Numbers.ROUNDED);
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public List<Long> counts() {
        Schema schema = schema();
        return splits().stream()
                .map(split -> reader.count(storage, split, schema))
                .toList();
    }

    @Override
    public long ofClasses(Collection<Integer> classes) {
        Schema schema = schema();
        if (!schema.target().isLabelled()) {
            return 0;
        }
        long[] found = {0};
        long left = limit.orElse(Long.MAX_VALUE);
        for (Split split : splits()) {
            left -= reader.classes(storage, split, schema, left, label -> found[0] += classes.contains(label) ? 1 : 0);
        }
        return found[0];
    }

    @Override
    public Optional<Path> place() {
        return Optional.of(splits().get(0).files().get(0).path());
    }

    /** One part for each split; with a limit one for all, since only a reader of them all knows where it ends. */
    @Override
    public List<Part> parts() {
        return limit.isPresent()
                ? List.of(Part.of(splits(), limit))
                : splits().stream()
                        .map(split -> Part.of(List.of(split), Optional.empty()))
                        .toList();
    }

    /** A task for each part, which holds one shard at a time. */
    @Override
    public Sharded shard(JavaSparkContext spark, List<Part> parts, Schema schema, int size, ShardWriter writer) {
        PartTask task = new PartTask(reader, storage, schema, size, writer);
        List<Done> done = ParallelTasks.collect(spark, parts, task);
        return new Sharded(
                done.stream().map(Done::list).toList(),
                done.stream().mapToLong(Done::dropped).sum());
    }

    /** What became of a part. */
    private record Done(String list, long dropped) implements Serializable {}

    private record PartTask(Reader reader, Storage storage, Schema schema, int size, ShardWriter writer)
            implements ParallelTasks.Task<Part, Done> {
        @Override
        public Done run(Part part) {
            try (Pieces pieces = new Pieces(part, split -> reader.open(storage, split, schema), size)) {
                String list = writer.write(new Ahead<>(pieces::next));
                writer.keep(part, list);
                return new Done(list, pieces.dropped);
            }
        }
    }

    /** The rows of a part in pieces, of which none spans two splits. */
    private static final class Pieces implements AutoCloseable {
        private final Iterator<Split> splits;
        private final Function<Split, RowStream> open;
        private final int size;
        private long left;
        private long dropped;
        private Optional<RowStream> rows = Optional.empty();

        Pieces(Part part, Function<Split, RowStream> open, int size) {
            this.splits = part.splits().iterator();
            this.open = open;
            this.size = size;
            this.left = part.limit();
        }

        Optional<Rows> next() {
            Optional<Rows> next = Optional.empty();
            while (next.isEmpty() && left > 0 && (rows.isPresent() || splits.hasNext())) {
                RowStream stream = rows.orElseGet(() -> open.apply(splits.next()));
                rows = Optional.of(stream);
                next = FrameRows.some(stream.read((int) Math.min(size, left)));
                next.ifPresentOrElse(piece -> left -= piece.count(), this::close);
            }
            return next;
        }

        @Override
        public void close() {
            rows.ifPresent(stream -> {
                dropped += stream.dropped();
                stream.close();
            });
            rows = Optional.empty();
        }
    }
}
