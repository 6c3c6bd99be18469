package io.retort.data.source;

import com.typesafe.config.ConfigUtil;
import io.retort.data.ClassNames;
import io.retort.data.Schema;
import io.retort.data.source.Reader.RowStream;
import io.retort.data.source.file.SourceFiles;
import io.retort.data.source.file.SourceFiles.Split;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What can be told of a source in a moment, without Spark: that its files are there and have the columns that are
 * needed, and whether the labels and values of its first rows can be read.
 *
 * @param schema of its samples, where the files are there
 * @param problems what is wrong; of a file, the first thing
 * @param files how many there are
 * @param opened of how many the header was read
 * @param unseen why the rows were not looked at, if so
 */
public record FirstLook(
        Optional<Schema> schema, List<Problem> problems, int files, int opened, Optional<String> unseen) {
    static final int MOST_ROWS = 1000;
    private static final int MOST_FILES = 200;
    private static final int MOST_NAMES = 30;
    static final Duration MOST_TIME = Duration.ofSeconds(5);

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}(\\.\\d{1,18})?");

    /**
     * Something that is wrong with a source.
     *
     * @param key of the settings, such as {@code paths}; empty where all of them are concerned
     * @param isMissing whether files are not there
     */
    public record Problem(String key, String message, boolean isMissing) {}

    private FirstLook(Optional<Schema> schema, List<Problem> problems, int files, int opened) {
        this(schema, problems, files, opened, Optional.empty());
    }

    /** Of a source whose rows are not looked at. */
    static FirstLook unseen(List<Problem> problems, String reason) {
        return new FirstLook(Optional.empty(), problems, 0, 0, Optional.of(reason));
    }

    /** Whether a look that began then, in nanoseconds, may go on to a further file. */
    static boolean goesOn(int opened, long begun, Duration most) {
        return opened < MOST_FILES && System.nanoTime() - begun < most.toNanos();
    }

    /** Looks at files that a reader of ours reads. */
    static FirstLook at(Storage storage, Reader reader, Map<String, List<String>> files, Optional<Long> limit) {
        return at(storage, reader, files, limit, MOST_TIME);
    }

    /** @param most after which no further file is opened */
    static FirstLook at(
            Storage storage, Reader reader, Map<String, List<String>> files, Optional<Long> limit, Duration most) {
        List<Problem> missing = missing(storage, files);
        if (!missing.isEmpty()) {
            return new FirstLook(Optional.empty(), missing, 0, 0);
        }
        try {
            List<Split> splits = reader.splits(storage);
            return of(storage, reader, splits, limit.orElse(Long.MAX_VALUE), most);
        } catch (ArtifactException | IllegalArgumentException e) {
            return new FirstLook(Optional.empty(), List.of(new Problem("", e.getMessage(), false)), 0, 0);
        }
    }

    /** The paths that stand for no file, by the settings that name them. */
    static List<Problem> missing(Storage storage, Map<String, List<String>> files) {
        List<Problem> missing = new ArrayList<>();
        files.forEach((key, paths) -> paths.forEach(path -> {
            try {
                SourceFiles.find(storage, List.of(path));
            } catch (ArtifactException e) {
                missing.add(new Problem(key, e.getMessage(), true));
            } catch (IllegalArgumentException e) {
                if (e.getCause() instanceof IOException) {
                    throw e; // HDFS does not find the name of its machine
                }
                missing.add(new Problem(key, e.getMessage(), false));
            }
        }));
        return List.copyOf(missing);
    }

    /** @param limit rows of which the first are taken; what lies behind them is not looked at */
    private static FirstLook of(Storage storage, Reader reader, List<Split> splits, long limit, Duration mostTime) {
        Schema schema = reader.schema(storage, splits);
        List<Problem> problems = new ArrayList<>();
        long begun = System.nanoTime();
        int opened = 0;
        int rows = 0;
        boolean isEmpty = splits.size() <= MOST_FILES;
        while (opened < splits.size() && goesOn(opened, begun, mostTime)) {
            if (rows >= limit) {
                opened = splits.size(); // that is all of them
                break;
            }
            Split split = splits.get(opened++);
            int most = (int) Math.max(0, Math.min(MOST_ROWS, limit) - rows);
            try {
                Optional<String> names = labelProblem(reader.labels(storage, split, most), schema);
                names.ifPresent(message ->
                        problems.add(new Problem("label", split.files().get(0).name() + ": " + message, false)));
                // The rows would only repeat that; of a file whose rows are not wanted, one tells that there are some.
                int read = read(storage, reader, split, schema, names.isPresent() ? 0 : Math.max(1, most));
                isEmpty &= read == 0;
                rows += names.isPresent() ? most : read;
            } catch (ArtifactException | IllegalArgumentException e) {
                problems.add(new Problem("", e.getMessage(), false));
            }
        }
        if (isEmpty && opened == splits.size() && problems.isEmpty()) {
            problems.add(new Problem(
                    "",
                    "the source has no samples: " + splits.get(0).files().get(0).name() + " is empty",
                    false));
        }
        return new FirstLook(Optional.of(schema), List.copyOf(problems), splits.size(), opened);
    }

    /** Reads rows, and closes the file; to open it is to look at its header. */
    private static int read(Storage storage, Reader reader, Split split, Schema schema, int most) {
        try (RowStream samples = reader.open(storage, split, schema)) {
            int rows = 0;
            for (int read = 1; read > 0 && rows < most; rows += read) {
                read = samples.read(Math.min(100, most - rows)).count();
            }
            return rows;
        }
    }

    /** Where labels are names that the settings do not list: which, and what to write. */
    static Optional<String> labelProblem(List<String> labels, Schema schema) {
        ClassNames classes = ClassNames.of(schema);
        List<String> there =
                labels.stream().filter(label -> !classes.isAbsent(label)).toList();
        List<String> found = there.stream().distinct().sorted(order(there)).toList();
        List<String> strange =
                found.stream().filter(label -> classes.index(label) < 0).toList();
        if (strange.isEmpty()) {
            return Optional.empty();
        }
        String seen = "the labels of the first rows are " + listed(found);
        if (!classes.areIndices()) {
            return Optional.of(seen + ", of which class-names lacks " + listed(strange)
                    + "; list the names of all classes there, or mend the labels");
        } else if (found.size() > Math.max(MOST_NAMES, schema.classes())) {
            return Optional.of(seen + ", which are more than classes = " + schema.classes()
                    + "; name the column of labels in label");
        }
        String list = "class-names = [" + found.stream().map(FirstLook::quoted).collect(Collectors.joining(", "));
        return Optional.of(seen + " and no class indices from 0 to " + (schema.classes() - 1) + "; write " + list
                + (found.size() < schema.classes()
                        ? ", ...], with the names of all " + schema.classes() + " classes,"
                        : "]")
                + " instead of classes" + (found.size() > schema.classes() ? " = " + schema.classes() : ""));
    }

    /** Numbers by size, names by letters. */
    private static Comparator<String> order(List<String> labels) {
        return labels.stream().allMatch(label -> NUMBER.matcher(label).matches())
                ? Comparator.comparing(BigDecimal::new)
                : Comparator.naturalOrder();
    }

    private static String listed(List<String> names) {
        String first = names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "));
        return names.size() <= MOST_NAMES ? first : first + " and " + (names.size() - MOST_NAMES) + " more";
    }

    private static String quoted(String name) {
        return PLAIN.matcher(name).matches() ? name : ConfigUtil.quoteString(name);
    }
}
