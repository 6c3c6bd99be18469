package io.retort.data.source.frame;

import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.ParquetDecodingException;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.execution.datasources.parquet.ParquetReadSupport;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.StructType;

/**
 * The rows of a Parquet file as {@link FrameRows} takes them, decoded by Spark's own reader of rows, which needs no
 * session. A row group's columns are in memory, packed, and one row.
 */
public final class ParquetFileRows implements Iterator<InternalRow>, AutoCloseable {
    private final Path path;
    private final ParquetReader<InternalRow> reader;
    private final GenericInternalRow place;
    private final JoinedRow row;
    private final Ahead<InternalRow> rows = new Ahead<>(this::read);
    private long count;

    private ParquetFileRows(Path path, ParquetReader<InternalRow> reader) {
        this.path = path;
        this.reader = reader;
        this.place = new GenericInternalRow(FrameRows.before(path.toString()));
        this.row = new JoinedRow(place, place);
    }

    /**
     * Opens a file.
     *
     * @param columns those that are wanted, each of which the file has, by their types
     */
    public static ParquetFileRows open(Storage storage, Path path, StructType columns) {
        Configuration configuration = new Configuration(storage.configuration());
        configuration.set(ParquetReadSupport.SPARK_ROW_REQUESTED_SCHEMA(), columns.json());
        configuration.setBoolean(SQLConf.CASE_SENSITIVE().key(), true);
        for (String setting : List.of(
                SQLConf.PARQUET_BINARY_AS_STRING().key(),
                SQLConf.PARQUET_INT96_AS_TIMESTAMP().key(),
                SQLConf.PARQUET_INFER_TIMESTAMP_NTZ_ENABLED().key(),
                SQLConf.LEGACY_PARQUET_NANOS_AS_LONG().key(),
                SQLConf.NESTED_SCHEMA_PRUNING_ENABLED().key(),
                SQLConf.PARQUET_FIELD_ID_READ_ENABLED().key())) {
            configuration.setBoolean(setting, false);
        }
        try {
            HadoopInputFile file = HadoopInputFile.fromPath(path, configuration);
            return new ParquetFileRows(
                    path,
                    new ParquetReader.Builder<InternalRow>(file) {
                        @Override
                        protected ReadSupport<InternalRow> getReadSupport() {
                            return new ParquetReadSupport();
                        }
                    }.withConf(configuration).build());
        } catch (IOException | RuntimeException e) {
            throw unreadable(path, e);
        }
    }

    private Optional<InternalRow> read() {
        try {
            return Optional.ofNullable(reader.read());
        } catch (IOException | RuntimeException e) {
            throw unreadable(path, e);
        }
    }

    @Override
    public boolean hasNext() {
        return rows.hasNext();
    }

    /** The same object each time. */
    @Override
    public InternalRow next() {
        InternalRow found = rows.next();
        place.setLong(FrameRows.KEY, count++);
        return row.withRight(found);
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /** Of a value that cannot be decoded parquet-mr's own message names the place, and only its cause the reason. */
    private static ArtifactException unreadable(Path path, Exception cause) {
        Throwable reason =
                cause instanceof ParquetDecodingException && cause.getCause() != null ? cause.getCause() : cause;
        return new ArtifactException(path + " cannot be read as Parquet: " + reason.getMessage(), cause);
    }
}
