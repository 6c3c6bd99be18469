package io.retort.data.source;

import io.retort.config.FilePaths.FilePath;
import io.retort.data.ClassNames;
import io.retort.data.DataType;
import io.retort.data.Labels;
import io.retort.data.Numbers;
import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.source.Reader.RowStream;
import io.retort.data.source.file.IdxFile;
import io.retort.data.source.file.SourceFiles;
import io.retort.data.source.file.SourceFiles.SourceFile;
import io.retort.data.source.file.SourceFiles.Split;
import io.retort.network.Shape;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * IDX files, plain or gzipped, mostly in pairs: one holds items {@code [n, height, width]},
 * {@code [n, channels, height, width]} or {@code [n, features]}, the other, if there is one, their labels {@code [n]}.
 * Unsigned bytes stay bytes; other types become 32-bit floats.
 */
public final class IdxReader implements Reader {
    private static final long serialVersionUID = 1L;

    /**
     * Kind {@code idx}.
     *
     * @param images files, patterns or directories; sorted by name within each entry
     * @param labels likewise; the first belongs to the first of the images, and so on; none where no item has a label
     * @param classes how many classes there are; needless beside their names
     * @param classNames by class index
     * @param limit only the first so many samples
     */
    public record Settings(
            @FilePath List<String> images,
            @FilePath List<String> labels,
            Optional<Integer> classes,
            List<String> classNames,
            Optional<Long> limit)
            implements FileSource.Settings {
        public Settings {
            images = List.copyOf(images);
            labels = List.copyOf(labels);
            classNames = List.copyOf(classNames);
            SettingsChecks.paths("images", images);
            if (!labels.isEmpty()) {
                SettingsChecks.paths("labels", labels);
            }
            SettingsChecks.limit(limit);
            if (!labels.isEmpty() || classes.isPresent() || !classNames.isEmpty()) {
                ClassNames.check(classes, classNames);
            }
        }

        @Override
        public Map<String, List<String>> files() {
            Map<String, List<String>> files = new LinkedHashMap<>();
            files.put("images", images);
            if (!labels.isEmpty()) {
                files.put("labels", labels);
            }
            return files;
        }

        @Override
        public Reader reader() {
            return new IdxReader(this);
        }
    }

    private final List<String> imagePaths;
    private final List<String> labelPaths;
    private final List<String> classNames;

    IdxReader(Settings settings) {
        this.imagePaths = settings.images();
        this.labelPaths = settings.labels();
        this.classNames = ClassNames.of(settings.classes(), settings.classNames());
    }

    @Override
    public List<Split> splits(Storage storage) {
        List<SourceFile> images = SourceFiles.find(storage, imagePaths);
        if (labelPaths.isEmpty()) {
            return SourceFiles.splits(images);
        }
        List<SourceFile> labels = SourceFiles.find(storage, labelPaths);
        if (images.size() != labels.size()) {
            throw new ArtifactException(imagePaths + " are " + images.size() + " files, but " + labelPaths + " are "
                    + labels.size() + "; every file of images needs one of labels");
        }
        List<Long> firstIds = SourceFiles.firstIds(images);
        List<Split> splits = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            splits.add(new Split(List.of(images.get(i), labels.get(i)), firstIds.get(i)));
        }
        return splits;
    }

    @Override
    public Schema schema(Storage storage, List<Split> splits) {
        try (IdxFile images = IdxFile.open(storage, splits.get(0).files().get(0).path())) {
            return new Schema(shape(images), images.element(), ClassNames.target(!labelPaths.isEmpty(), classNames));
        }
    }

    private static Shape shape(IdxFile images) {
        List<Integer> sizes = images.itemSizes();
        return switch (sizes.size()) {
            case 1 -> Shape.vector(sizes.get(0));
            case 2 -> Shape.image(1, sizes.get(0), sizes.get(1));
            case 3 -> {
                if (SettingsChecks.isChannelsLast(sizes)) {
                    throw new ArtifactException(images.path() + " holds items of sizes " + sizes
                            + ", which look like [height, width, channels] and must be [channels, height, width];"
                            + " transpose them, in NumPy with np.moveaxis(images, 3, 1)");
                }
                yield new Shape(sizes);
            }
            default ->
                throw new ArtifactException(images.path()
                        + " must hold items of shape [features], [height, width] or [channels, height, width], but they are "
                        + sizes);
        };
    }

    @Override
    public RowStream open(Storage storage, Split split, Schema schema) {
        IdxFile images = IdxFile.open(storage, split.files().get(0).path());
        List<IdxFile> labels = new ArrayList<>();
        try {
            for (SourceFile file : split.files().subList(1, split.files().size())) {
                labels.add(IdxFile.open(storage, file.path()));
            }
            return new Items(images, labels, schema, split.firstId());
        } catch (RuntimeException e) {
            images.close();
            labels.forEach(IdxFile::close);
            throw e;
        }
    }

    /** None are written: whatever is no index is told by its place. */
    @Override
    public List<String> labels(Storage storage, Split split, int most) {
        return List.of();
    }

    /** The header says it. */
    @Override
    public long count(Storage storage, Split split, Schema schema) {
        try (IdxFile images = IdxFile.open(storage, split.files().get(0).path())) {
            return images.items();
        }
    }

    private static final class Items implements RowStream {
        private final IdxFile images;
        /** One, or none where no item has a label. */
        private final List<IdxFile> labels;

        private final Schema schema;
        private final ClassNames classes;
        private final long firstId;
        private int next;
        private Optional<String> rounded = Optional.empty();

        Items(IdxFile images, List<IdxFile> labels, Schema schema, long firstId) {
            this.images = images;
            this.labels = labels;
            this.schema = schema;
            this.firstId = firstId;
            this.classes = ClassNames.of(schema);
            if (!shape(images).equals(schema.shape()) || images.element() != schema.element()) {
                throw new ArtifactException(images.path() + " must hold " + schema.element() + " items of shape "
                        + schema.shape() + " as the source's first file does, but holds " + images.element()
                        + " items of shape " + shape(images));
            }
            labels.forEach(file -> requireFits(images, file));
        }

        private static void requireFits(IdxFile images, IdxFile labels) {
            if (!labels.itemSizes().isEmpty()) {
                throw new ArtifactException(labels.path() + " must hold one label per item, but holds items of sizes "
                        + labels.itemSizes());
            }
            if (labels.items() != images.items()) {
                throw new ArtifactException(labels.path() + " holds " + labels.items() + " labels, but " + images.path()
                        + " holds " + images.items() + " items; every item needs one label");
            }
        }

        @Override
        public Rows read(int most) {
            int count = Math.min(most, images.items() - next);
            byte[] features = schema.element() == DataType.UINT8 ? images.readStored(count) : floats(count);
            int[] indices = new int[count];
            Arrays.fill(indices, Labels.NONE);
            labels.forEach(file -> readLabels(file, indices));
            long[] ids = new long[count];
            for (int i = 0; i < count; i++) {
                ids[i] = firstId + next + i;
            }
            next += count;
            if (next == images.items()) {
                images.expectEnd();
                labels.forEach(IdxFile::expectEnd);
            }
            return new Rows(
                    schema.columns(),
                    ids,
                    Labels.ofClasses(indices),
                    List.of(new Rows.NumberValues(features, schema.featureBytes())));
        }

        private void readLabels(IdxFile file, int[] indices) {
            double[] values = file.read(indices.length);
            for (int i = 0; i < indices.length; i++) {
                indices[i] = classes.index(values[i]);
                if (indices[i] < 0) {
                    throw new ArtifactException(file.path() + ": the label of item " + (next + i) + " is "
                            + spelt(values[i]) + ", must be a class index from 0 to " + (schema.classes() - 1));
                }
            }
        }

        private byte[] floats(int count) {
            double[] numbers = images.read(count);
            float[] values = new float[numbers.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) numbers[i];
                if (!schema.element().admits(values[i])) {
                    throw refuse(i, numbers[i], schema.element().allowed());
                }
                if (rounded.isEmpty() && images.isWhole() && !Numbers.isFloat((long) numbers[i])) {
                    rounded = Optional.of(place(i).stripTrailing() + ", " + spelt(numbers[i]) + ",");
                }
            }
            byte[] stored = new byte[count * schema.featureBytes()];
            schema.element().encode(values, 0, stored, 0, values.length);
            return stored;
        }

        private ArtifactException refuse(int value, double found, String allowed) {
            return new ArtifactException(place(value) + "is " + spelt(found) + ", must be " + allowed);
        }

        private String place(int value) {
            int elements = schema.shape().elements();
            return images.path() + ": value " + value % elements + " of item " + (next + value / elements) + " ";
        }

        @Override
        public Optional<String> rounded() {
            return rounded;
        }

        private static String spelt(double number) {
            return number == (long) number ? Long.toString((long) number) : Double.toString(number);
        }

        @Override
        public void close() {
            try {
                images.close();
            } finally {
                labels.forEach(IdxFile::close);
            }
        }
    }
}
