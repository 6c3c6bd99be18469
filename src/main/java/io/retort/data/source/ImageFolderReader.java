package io.retort.data.source;

import io.retort.config.FilePaths.FilePath;
import io.retort.data.ClassNames;
import io.retort.data.DataType;
import io.retort.data.Labels;
import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.source.FrameSettings.BadRows;
import io.retort.data.source.Reader.RowStream;
import io.retort.data.source.file.PictureDecoder;
import io.retort.data.source.file.SourceFiles;
import io.retort.data.source.file.SourceFiles.SourceFile;
import io.retort.data.source.file.SourceFiles.Split;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * PNG and JPEG files, whose class is the first folder below the source's. A file directly below has no label.
 *
 * <p>Ids and order come of the digest of a file's path within the source, so that shards hold all classes, and a split
 * ends where an id is divisible by {@link #MEAN_OF_A_SPLIT}: files that are added or taken away change the splits of
 * their neighbours alone.
 */
public final class ImageFolderReader implements Reader {
    private static final long serialVersionUID = 1L;

    static final int MEAN_OF_A_SPLIT = 1024;
    private static final int MOST_OF_A_SPLIT = 4 * MEAN_OF_A_SPLIT;
    private static final int MOST_FILE_BYTES = 1 << 28;

    /**
     * Kind {@code images}.
     *
     * @param path a folder, or a pattern for files
     * @param height of the pictures that the rows hold
     * @param width likewise
     * @param channels 1 for grey, 3 for red, green and blue
     * @param classNames folders by class index; none for those that are there, sorted
     * @param badRows what becomes of a file that is no picture
     * @param limit only the first so many
     */
    public record Settings(
            @FilePath String path,
            int height,
            int width,
            int channels,
            List<String> classNames,
            BadRows badRows,
            Optional<Long> limit)
            implements FileSource.Settings {
        public Settings {
            SettingsChecks.paths("path", List.of(path));
            new PictureDecoder(channels, height, width);
            classNames = List.copyOf(classNames);
            SettingsChecks.limit(limit);
            if (!classNames.isEmpty()) {
                ClassNames.check(Optional.empty(), classNames);
            }
        }

        @Override
        public Map<String, List<String>> files() {
            return Map.of("path", List.of(path));
        }

        @Override
        public Reader reader() {
            return new ImageFolderReader(this);
        }
    }

    private final String path;
    private final PictureDecoder decoder;
    private final List<String> classNames;
    private final boolean drops;

    ImageFolderReader(Settings settings) {
        this.path = settings.path();
        this.decoder = new PictureDecoder(settings.channels(), settings.height(), settings.width());
        this.classNames = settings.classNames();
        this.drops = settings.badRows() == BadRows.DROP;
    }

    @Override
    public List<Split> splits(Storage storage) {
        TreeMap<Long, SourceFile> byId = new TreeMap<>();
        for (SourceFile file : SourceFiles.find(storage, List.of(path))) {
            SourceFile same = byId.put(id(file), file);
            if (same != null) {
                throw new ArtifactException(
                        path + " names " + file.name() + " and " + same.name() + ", which must lie in one folder");
            }
        }
        List<Split> splits = new ArrayList<>();
        List<SourceFile> files = new ArrayList<>();
        byId.forEach((id, file) -> {
            files.add(file);
            if (id % MEAN_OF_A_SPLIT == 0 || files.size() == MOST_OF_A_SPLIT) {
                splits.add(new Split(files, id(files.get(0))));
                files.clear();
            }
        });
        if (!files.isEmpty()) {
            splits.add(new Split(files, id(files.get(0))));
        }
        return splits;
    }

    /** From 0 to 2^60 - 1. */
    private static long id(SourceFile file) {
        String digest = new Digest().add("image/1").add(file.within()).key();
        return Long.parseLong(digest.substring(0, 15), 16);
    }

    private static Optional<String> folder(SourceFile file) {
        int end = file.within().indexOf('/');
        return end < 0 ? Optional.empty() : Optional.of(file.within().substring(0, end));
    }

    @Override
    public Schema schema(Storage storage, List<Split> splits) {
        List<String> folders = splits.stream()
                .flatMap(split -> split.files().stream())
                .flatMap(file -> folder(file).stream())
                .distinct()
                .sorted()
                .toList();
        List<String> names = classNames.isEmpty() ? folders : classNames;
        if (!names.containsAll(folders)) {
            throw new ArtifactException(
                    path + " has the folders " + folders + ", each of which must be a class, and class-names " + names);
        }
        if (names.size() == 1) {
            throw new ArtifactException(path + " has the folders " + folders
                    + ", and must have one for each of at least two classes; where pictures have no labels, write"
                    + " class-names");
        }
        return new Schema(decoder.shape(), DataType.UINT8, ClassNames.target(!folders.isEmpty(), names));
    }

    @Override
    public RowStream open(Storage storage, Split split, Schema schema) {
        return new Pictures(storage, split.files(), schema);
    }

    /** Folders are compared with class-names when they are listed. */
    @Override
    public List<String> labels(Storage storage, Split split, int most) {
        return List.of();
    }

    /** With those that may be dropped. */
    @Override
    public long classes(Storage storage, Split split, Schema schema, long most, IntConsumer onClass) {
        List<SourceFile> files = split.files().stream().limit(most).toList();
        files.forEach(file -> onClass.accept(label(file, schema)));
        return files.size();
    }

    private static int label(SourceFile file, Schema schema) {
        return folder(file).map(schema.classNames()::indexOf).orElse(Labels.NONE);
    }

    /** With those that may be dropped. */
    @Override
    public long count(Storage storage, Split split, Schema schema) {
        return split.files().size();
    }

    private final class Pictures implements RowStream {
        private final Storage storage;
        private final List<SourceFile> files;
        private final Schema schema;
        private int next;
        private long dropped;

        Pictures(Storage storage, List<SourceFile> files, Schema schema) {
            this.storage = storage;
            this.files = files;
            this.schema = schema;
        }

        @Override
        public Rows read(int most) {
            int room = Math.min(most, files.size() - next);
            int bytes = schema.featureBytes();
            byte[] features = new byte[Math.multiplyExact(room, bytes)];
            long[] ids = new long[room];
            int[] labels = new int[room];
            int count = 0;
            for (; count < room && next < files.size(); next++) {
                SourceFile file = files.get(next);
                try {
                    System.arraycopy(decode(file), 0, features, count * bytes, bytes);
                } catch (IOException e) {
                    if (!drops) {
                        throw new ArtifactException(
                                file.name() + " " + e.getMessage()
                                        + "; mend it, take it away, or write bad-rows = drop",
                                e);
                    }
                    dropped++;
                    continue;
                }
                ids[count] = id(file);
                labels[count] = label(file, schema);
                count++;
            }
            return new Rows(
                    schema.columns(),
                    Arrays.copyOf(ids, count),
                    Labels.ofClasses(Arrays.copyOf(labels, count)),
                    List.of(new Rows.NumberValues(Arrays.copyOf(features, count * bytes), bytes)));
        }

        private byte[] decode(SourceFile file) throws IOException {
            if (file.length() > MOST_FILE_BYTES) {
                throw new IOException(String.format(
                        Locale.ROOT, "has %,d bytes, which is more than a picture should have", file.length()));
            }
            return decoder.decode(storage.read(file.path()));
        }

        @Override
        public long dropped() {
            return dropped;
        }

        @Override
        public void close() {
            // each file is closed when it has been read
        }
    }
}
