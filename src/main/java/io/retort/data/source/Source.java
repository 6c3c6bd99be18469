package io.retort.data.source;

import io.retort.data.Rows;
import io.retort.data.Schema;
import io.retort.data.source.file.SourceFiles.Split;
import io.retort.storage.Digest;
import io.retort.storage.Digest.Fingerprinted;
import java.io.Serializable;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The rows that the settings of a recipe stand for, as they are when they are looked at. What is wrong with them is an
 * {@link io.retort.storage.ArtifactException}.
 */
public interface Source {
    /** What can be told in a moment, before Spark starts. */
    FirstLook look();

    /** What all rows have in common. */
    Schema schema();

    /** The columns of the first files that have names for them; none where the format has no names. */
    List<Header> headers(int most);

    /** The first rows. */
    Rows first(int most);

    /**
     * Looks at first rows for whole numbers that a 32-bit float does not hold, such as ids that count up.
     *
     * @return a sentence that warns of the first
     */
    Optional<String> rounded(int most);

    /** The rows of each part, before any limit. */
    List<Long> counts();

    /** How many of the rows, after any limit, are of some classes, by their indices. */
    long ofClasses(Collection<Integer> classes);

    /** The tokens that get ids of a column of texts that Spark reads, the most frequent first. */
    default List<String> mostFrequentTokens() {
        return List.of();
    }

    /** A file of it; nothing where it is no files. */
    Optional<Path> place();

    /** Its parts in their order, of which each becomes shards of its own. */
    List<Part> parts();

    /** Why there are no rows, for a message, where there are none. */
    default String emptiness() {
        int parts = parts().size();
        return place().map(Path::toString).orElse("the table")
                + (parts == 1 ? " is empty" : " and " + (parts - 1) + " more files are empty");
    }

    /**
     * Reads parts in tasks of Spark.
     *
     * @param schema of the rows
     * @param size of a shard, in rows
     */
    Sharded shard(JavaSparkContext spark, List<Part> parts, Schema schema, int size, ShardWriter writer);

    /**
     * The columns of a file.
     *
     * @param file or what stands for one, for messages
     * @param columns in their order
     * @param numbers those of them that may be numbers, as far as the file says
     */
    record Header(String file, List<String> columns, List<String> numbers) {
        public Header {
            columns = List.copyOf(columns);
            numbers = List.copyOf(numbers);
        }

        /** Of a file that says nothing of types. */
        Header(String file, List<String> columns) {
            this(file, columns, columns);
        }
    }

    /**
     * A part of a source.
     *
     * @param splits of files that are read one after the other; none of a table
     * @param version of a table; empty where nobody can say whether it has changed
     * @param limit rows of which the first are taken
     */
    record Part(List<Split> splits, String version, long limit) implements Serializable, Fingerprinted {
        public Part {
            splits = List.copyOf(splits);
        }

        static Part of(List<Split> splits, Optional<Long> limit) {
            return new Part(splits, "", limit.orElse(Long.MAX_VALUE));
        }

        /** Whether equal fingerprints mean equal rows. */
        public boolean isVersioned() {
            return !splits.isEmpty() || !version.isEmpty();
        }

        @Override
        public void addTo(Digest digest) {
            digest.addAll(splits);
            if (!version.isEmpty()) {
                digest.add(version);
            }
        }
    }

    /**
     * What became of parts.
     *
     * @param lists by part, as the {@link ShardWriter} gave them
     * @param dropped bad rows that the settings had dropped
     */
    record Sharded(List<String> lists, long dropped) {
        public Sharded {
            lists = List.copyOf(lists);
        }
    }

    /** Writes shards, on executors. */
    interface ShardWriter extends Serializable {
        /**
         * Writes a shard of each piece.
         *
         * @return the list of shards, as JSON
         */
        String write(Iterator<Rows> pieces);

        /** One list of several, one after the other. */
        String joined(List<String> lists);

        /** Keeps the list of a part, for those who find the part unchanged. */
        void keep(Part part, String list);
    }
}
