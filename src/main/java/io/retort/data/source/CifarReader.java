package io.retort.data.source;

import io.retort.config.FilePaths.FilePath;
import io.retort.config.SettingException;
import io.retort.data.ClassNames;
import io.retort.data.DataType;
import io.retort.data.Labels;
import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.Target;
import io.retort.data.source.Reader.RowStream;
import io.retort.data.source.file.CifarFile;
import io.retort.data.source.file.CifarFile.Version;
import io.retort.data.source.file.SourceFiles;
import io.retort.data.source.file.SourceFiles.Split;
import io.retort.network.Shape;
import io.retort.storage.Storage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The binary versions of CIFAR-10 and CIFAR-100, plain or gzipped: coloured pictures of 32 × 32 pixels. */
public final class CifarReader implements Reader {
    private static final long serialVersionUID = 1L;

    private static final Shape SHAPE = Shape.image(3, 32, 32);

    /** Which of the two labels that a record of CIFAR-100 has, in their order. */
    public enum Granularity {
        /** 20 classes. */
        COARSE,
        /** 100 classes. */
        FINE
    }

    /**
     * Kind {@code cifar}.
     *
     * @param paths files, patterns or directories; sorted by name within each entry
     * @param labels of CIFAR-100, the ones to take; nothing for CIFAR-10
     * @param classNames by class index; none for the indices
     * @param limit only the first so many samples
     */
    public record Settings(
            @FilePath List<String> paths, Optional<Granularity> labels, List<String> classNames, Optional<Long> limit)
            implements FileSource.Settings {
        public Settings {
            paths = List.copyOf(paths);
            classNames = List.copyOf(classNames);
            SettingsChecks.paths("paths", paths);
            SettingsChecks.limit(limit);
            int classes = version(labels).classes().get(place(labels));
            if (!classNames.isEmpty() && classNames.size() != classes) {
                throw new SettingException(
                        "class-names",
                        "must be none or the names of all " + classes + " classes, was " + classNames.size()
                                + " names");
            }
            ClassNames.check(Optional.of(classes), classNames);
        }

        @Override
        public Map<String, List<String>> files() {
            return Map.of("paths", paths);
        }

        @Override
        public Reader reader() {
            return new CifarReader(this);
        }
    }

    private final List<String> paths;
    private final Version version;
    private final int place;
    private final List<String> classNames;

    CifarReader(Settings settings) {
        this.paths = settings.paths();
        this.version = version(settings.labels());
        this.place = place(settings.labels());
        this.classNames = ClassNames.of(Optional.of(version.classes().get(place)), settings.classNames());
    }

    private static Version version(Optional<Granularity> labels) {
        return labels.isPresent() ? Version.CIFAR_100 : Version.CIFAR_10;
    }

    private static int place(Optional<Granularity> labels) {
        return labels.map(Granularity::ordinal).orElse(0);
    }

    @Override
    public List<Split> splits(Storage storage) {
        return SourceFiles.splits(SourceFiles.find(storage, paths));
    }

    @Override
    public Schema schema(Storage storage, List<Split> splits) {
        open(storage, splits.get(0)).close(); // refuses another format
        return new Schema(SHAPE, DataType.UINT8, new Target.ClassTarget(classNames));
    }

    private CifarFile open(Storage storage, Split split) {
        return CifarFile.open(storage, split.files().get(0), version);
    }

    @Override
    public RowStream open(Storage storage, Split split, Schema schema) {
        CifarFile file = open(storage, split);
        return new RowStream() {
            @Override
            public Rows read(int most) {
                long first = split.firstId() + file.recordsRead();
                int count = file.next(most);
                return new Rows(
                        schema.columns(),
                        LongStream.range(first, first + count).toArray(),
                        Labels.ofClasses(IntStream.range(0, count)
                                .map(record -> file.label(record, place))
                                .toArray()),
                        List.of(new Rows.NumberValues(file.pictures(), schema.featureBytes())));
            }

            @Override
            public void close() {
                file.close();
            }
        };
    }

    /** None are written: whatever is no index is told by its place. */
    @Override
    public List<String> labels(Storage storage, Split split, int most) {
        return List.of();
    }

    /** The length of a plain file says it. */
    @Override
    public long count(Storage storage, Split split, Schema schema) {
        if (SourceFiles.isGzip(storage, split.files().get(0).path())) {
            return Reader.super.count(storage, split, schema);
        }
        open(storage, split).close(); // refuses a length that is none of whole records
        return split.files().get(0).length() / version.recordBytes();
    }
}
