package io.retort.data.shard;

import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.storage.ArtifactException;
import io.retort.storage.ParquetColumns;
import io.retort.storage.ParquetRows;
import io.retort.storage.Storage;
import io.retort.storage.VerifiedFiles;
import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/**
 * The shards of all data sets under a root: {@code <root>/store/shards/<key>.parquet}, columns id INT64, label INT32 (null of a row without label)
 * and features BINARY (the stored elements of one sample).
 */
public final class ShardStore implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final String SUFFIX = ".parquet";
    private static final MessageType COLUMNS = Types.buildMessage()
            .required(PrimitiveTypeName.INT64)
            .named("id")
            .optional(PrimitiveTypeName.INT32)
            .named("label")
            .required(PrimitiveTypeName.BINARY)
            .named("features")
            .named("shard");

    private static final MessageType KEY_COLUMNS = Types.buildMessage()
            .required(PrimitiveTypeName.INT64)
            .named("id")
            .optional(PrimitiveTypeName.INT32)
            .named("label")
            .named("shard");

    private final Storage storage;
    private final String directory;

    public ShardStore(Storage storage, Path root) {
        this.storage = storage;
        this.directory = new Path(root, "store/shards").toString();
    }

    public Path path(String key) {
        return new Path(directory, key + SUFFIX);
    }

    /** The keys of all shards that are there, by one listing. */
    public Set<String> keys() {
        return storage.keys(new Path(directory), SUFFIX);
    }

    public boolean exists(Shard shard) {
        return storage.exists(path(shard.key()));
    }

    /** Stores the samples, unless they are there already. */
    public Shard write(Samples samples) {
        Shard shard = Shard.of(samples);
        if (!exists(shard)) {
            storage.write(
                    path(shard.key()),
                    out -> ParquetRows.write(
                            out, COLUMNS, Map.of(), samples.count(), (row, fields) -> writeRow(samples, row, fields)));
        }
        return shard;
    }

    private static void writeRow(Samples samples, int row, RecordConsumer fields) {
        int bytes = samples.schema().featureBytes();
        fields.startField("id", 0);
        fields.addLong(samples.ids()[row]);
        fields.endField("id", 0);
        if (samples.isLabelled(row)) {
            fields.startField("label", 1);
            fields.addInteger(samples.labels()[row]);
            fields.endField("label", 1);
        }
        fields.startField("features", 2);
        fields.addBinary(Binary.fromConstantByteArray(samples.features(), row * bytes, bytes));
        fields.endField("features", 2);
    }

    /** Reads a shard and proves by its key that it holds what was written. A damaged file is set aside. */
    public Samples read(Schema schema, Shard shard) {
        Path path = path(shard.key());
        return new VerifiedFiles(storage, "shard").read(path, () -> readFrom(path, schema, shard));
    }

    /** The ids and labels of a shard's rows, which nothing proves; whoever reads the rows then finds out. */
    RowKeys keys(Shard shard) {
        Path path = path(shard.key());
        return new VerifiedFiles(storage, "shard").read(path, () -> {
            long[] ids = new long[shard.samples()];
            int[] labels = new int[shard.samples()];
            int rows = 0;
            try (ParquetRows file = ParquetRows.open(
                    storage,
                    path,
                    KEY_COLUMNS,
                    ParquetColumns.row(
                            ParquetColumns.longs(ids), ParquetColumns.optionalInts(labels, Samples.NO_LABEL)))) {
                while (file.next()) {
                    rows++;
                }
            }
            requireRows(rows, shard);
            return new RowKeys(ids, labels);
        });
    }

    private static void requireRows(int rows, Shard shard) {
        if (rows != shard.samples()) {
            throw new ArtifactException("holds " + rows + " samples instead of " + shard.samples());
        }
    }

    private Samples readFrom(Path path, Schema schema, Shard shard) throws IOException {
        long[] ids = new long[shard.samples()];
        int[] labels = new int[shard.samples()];
        byte[] features = new byte[shard.samples() * schema.featureBytes()];
        GroupConverter columns = ParquetColumns.row(
                ParquetColumns.longs(ids),
                ParquetColumns.optionalInts(labels, Samples.NO_LABEL),
                ParquetColumns.bytes(features, schema.featureBytes()));
        int rows = 0;
        try (ParquetRows file = ParquetRows.open(storage, path, COLUMNS, columns)) {
            while (file.next()) {
                rows++;
            }
        }
        requireRows(rows, shard);
        Samples samples = new Samples(schema, ids, labels, features);
        String key = samples.key();
        if (!key.equals(shard.key())) {
            throw new ArtifactException("holds other samples than those it was made of, their key is " + key);
        }
        return samples;
    }
}
