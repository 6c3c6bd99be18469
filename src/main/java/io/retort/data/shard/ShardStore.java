package io.retort.data.shard;

import io.retort.data.Column;
import io.retort.data.Column.NumberColumn;
import io.retort.data.DataType;
import io.retort.data.Labels;
import io.retort.data.Rows;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.Target;
import io.retort.data.shard.Dataset.RowReading;
import io.retort.data.shard.RowFilter.RowKeys;
import io.retort.storage.ArtifactException;
import io.retort.storage.ParquetColumns;
import io.retort.storage.ParquetRows;
import io.retort.storage.Storage;
import io.retort.storage.VerifiedFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;
import org.apache.parquet.schema.Types.GroupBuilder;

/**
 * The shards of all data sets under a root: {@code <root>/store/shards/<key>.parquet}, columns id INT64, label BINARY
 * (the values of a label as little-endian float32, null of a row without one) and for each column of the rows, in their
 * order, {@code column0}, {@code column1} and so on: BINARY, the stored elements of a row's numbers or a text in UTF-8
 * (null of a row without one). Names and types are the schema's.
 */
public final class ShardStore implements RowReading {
    private static final long serialVersionUID = 1L;
    private static final String SUFFIX = ".parquet";
    private static final MessageType KEY_COLUMNS = Types.buildMessage()
            .required(PrimitiveTypeName.INT64)
            .named("id")
            .optional(PrimitiveTypeName.BINARY)
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

    /** Stores rows, unless they are there already. */
    public Shard write(Schema schema, Rows rows) {
        Shard shard = Shard.of(schema, rows);
        if (!exists(shard)) {
            storage.write(
                    path(shard.key()),
                    out -> ParquetRows.write(
                            out,
                            fileColumns(rows.columns()),
                            Map.of(),
                            rows.count(),
                            (row, fields) -> writeRow(rows, row, fields)));
        }
        return shard;
    }

    private static MessageType fileColumns(List<Column> columns) {
        GroupBuilder<MessageType> file = Types.buildMessage()
                .required(PrimitiveTypeName.INT64)
                .named("id")
                .optional(PrimitiveTypeName.BINARY)
                .named("label");
        for (int i = 0; i < columns.size(); i++) {
            file = columns.get(i) instanceof NumberColumn
                    ? file.required(PrimitiveTypeName.BINARY).named("column" + i)
                    : file.optional(PrimitiveTypeName.BINARY)
                            .as(LogicalTypeAnnotation.stringType())
                            .named("column" + i);
        }
        return file.named("shard");
    }

    private static void writeRow(Rows rows, int row, RecordConsumer fields) {
        fields.startField("id", 0);
        fields.addLong(rows.ids()[row]);
        fields.endField("id", 0);
        Labels labels = rows.labels();
        if (labels.isPresent(row)) {
            byte[] label = new byte[labels.width() * Float.BYTES];
            DataType.FLOAT32.encode(labels.values(), row * labels.width(), label, 0, labels.width());
            fields.startField("label", 1);
            fields.addBinary(Binary.fromConstantByteArray(label));
            fields.endField("label", 1);
        }
        for (int i = 0; i < rows.values().size(); i++) {
            binary(rows.values().get(i), row).ifPresent(new Field(fields, i)::write);
        }
    }

    private record Field(RecordConsumer fields, int column) {
        void write(Binary value) {
            fields.startField("column" + column, column + 2);
            fields.addBinary(value);
            fields.endField("column" + column, column + 2);
        }
    }

    private static Optional<Binary> binary(Rows.Values column, int row) {
        if (column instanceof Rows.NumberValues numbers) {
            int bytes = numbers.bytesEach();
            return Optional.of(Binary.fromConstantByteArray(numbers.stored(), row * bytes, bytes));
        }
        return Optional.ofNullable(((Rows.TextValues) column).texts()[row]).map(Binary::fromString);
    }

    /** Reads the rows of a shard that a data set has. */
    public ShardRows read(Dataset dataset, Shard shard) {
        return dataset.filter().of(dataset.schema(), shard.key(), rows(dataset.schema(), shard));
    }

    @Override
    public Rows rows(Dataset dataset, Shard shard) {
        return read(dataset, shard).rows();
    }

    /** Reads all rows of a shard as networks take them. */
    public Samples read(Schema schema, Shard shard) {
        return schema.encode(rows(schema, shard));
    }

    /** Reads a shard and proves by its key that it holds what was written. A damaged file is set aside. */
    @Override
    public Rows rows(Schema schema, Shard shard) {
        Path path = path(shard.key());
        return new VerifiedFiles(storage, "shard").read(path, () -> readFrom(path, schema, shard));
    }

    /** The ids and labels of a shard's rows, which nothing proves; whoever reads the rows then finds out. */
    RowKeys keys(Target target, Shard shard) {
        Path path = path(shard.key());
        return new VerifiedFiles(storage, "shard").read(path, () -> {
            long[] ids = new long[shard.samples()];
            Labels labels = unlabelled(target, shard);
            int rows = 0;
            try (ParquetRows file = ParquetRows.open(
                    storage, path, KEY_COLUMNS, ParquetColumns.row(ParquetColumns.longs(ids), labelColumn(labels)))) {
                while (file.next()) {
                    rows++;
                }
            }
            requireRows(rows, shard);
            return new RowKeys(ids, labels);
        });
    }

    /** Room for labels, which none has yet. */
    private static Labels unlabelled(Target target, Shard shard) {
        float[] values = new float[Math.multiplyExact(shard.samples(), target.labelWidth())];
        Arrays.fill(values, Float.NaN);
        return new Labels(values, target.labelWidth());
    }

    private static PrimitiveConverter labelColumn(Labels labels) {
        return ParquetColumns.optionalFloats(labels.values(), labels.width());
    }

    private static void requireRows(int rows, Shard shard) {
        if (rows != shard.samples()) {
            throw new ArtifactException("holds " + rows + " samples instead of " + shard.samples());
        }
    }

    private Rows readFrom(Path path, Schema schema, Shard shard) throws IOException {
        List<Column> columns = schema.columns();
        long[] ids = new long[shard.samples()];
        Labels labels = unlabelled(schema.target(), shard);
        List<Rows.Values> values = new ArrayList<>();
        List<PrimitiveConverter> converters = new ArrayList<>(List.of(ParquetColumns.longs(ids), labelColumn(labels)));
        for (Column column : columns) {
            if (column instanceof NumberColumn numbers) {
                byte[] stored = new byte[Math.multiplyExact(shard.samples(), numbers.bytes())];
                values.add(new Rows.NumberValues(stored, numbers.bytes()));
                converters.add(ParquetColumns.bytes(stored, numbers.bytes()));
            } else {
                String[] texts = new String[shard.samples()];
                values.add(new Rows.TextValues(texts));
                converters.add(ParquetColumns.optionalTexts(texts));
            }
        }
        GroupConverter row = ParquetColumns.row(converters.toArray(PrimitiveConverter[]::new));
        int count = 0;
        try (ParquetRows file = ParquetRows.open(storage, path, fileColumns(columns), row)) {
            while (file.next()) {
                count++;
            }
        }
        requireRows(count, shard);
        Rows rows = new Rows(columns, ids, labels, values);
        String key = rows.key();
        if (!key.equals(shard.key())) {
            throw new ArtifactException("holds other samples than those it was made of, their key is " + key);
        }
        return rows;
    }
}
