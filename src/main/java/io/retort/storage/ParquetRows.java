package io.retort.storage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.InitContext;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.MessageType;

/** Parquet files, one at a time and row by row, without Spark and without an object per value. */
public final class ParquetRows implements AutoCloseable {
    private final ParquetReader<Object> reader;

    private ParquetRows(ParquetReader<Object> reader) {
        this.reader = reader;
    }

    /**
     * The schema, the row counts and the key-values of a file.
     *
     * @throws ArtifactException if a column, whichever, has a logical type that parquet-mr does not know, for which it
     *     ends with a NullPointerException (FLOAT16 and those that came after it)
     */
    public static ParquetMetadata footer(Storage storage, Path path) throws IOException {
        HadoopInputFile input = HadoopInputFile.fromPath(path, storage.configuration());
        try (ParquetFileReader file = ParquetFileReader.open(input)) {
            return file.getFooter();
        } catch (NullPointerException e) {
            throw ParquetFooter.unknownType(input)
                    .map(problem -> (RuntimeException) new ArtifactException(path + " " + problem, e))
                    .orElse(e);
        }
    }

    /** Opens a file to read the columns of {@code projection}; each row is handed to {@code root}, piece by piece. */
    public static ParquetRows open(Storage storage, Path path, MessageType projection, GroupConverter root)
            throws IOException {
        HadoopInputFile file = HadoopInputFile.fromPath(path, storage.configuration());
        return new ParquetRows(
                new ParquetReader.Builder<>(file) {
                    @Override
                    protected ReadSupport<Object> getReadSupport() {
                        return new Projected(projection, root);
                    }
                }.build());
    }

    /** Hands the next row to the converter; false when there is none. */
    public boolean next() throws IOException {
        return reader.read() != null;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    /**
     * Writes rows 0 to {@code count − 1}. The same rows give the same bytes in every JVM. The file is put together in
     * memory, as its rows are.
     *
     * @param keyValues go into the footer
     */
    public static void write(
            OutputStream out, MessageType schema, Map<String, String> keyValues, int count, RowWriter rows)
            throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (ParquetWriter<Integer> writer = new Builder(new StreamFile(file), schema, keyValues, rows).build()) {
            for (int row = 0; row < count; row++) {
                writer.write(row);
            }
        }
        ParquetFooter.writeInOneOrder(file.toByteArray(), out);
    }

    /** Writes the fields of one row. */
    @FunctionalInterface
    public interface RowWriter {
        void write(int row, RecordConsumer fields);
    }

    private static final class Builder extends ParquetWriter.Builder<Integer, Builder> {
        private final WriteSupport<Integer> support;

        Builder(OutputFile file, MessageType schema, Map<String, String> keyValues, RowWriter rows) {
            super(file);
            // Map.of has another order in each JVM, and the order shows in the bytes.
            support = new Rows(schema, new TreeMap<>(keyValues), rows);
            // The user's Hadoop settings must not change the bytes.
            withConf(new Configuration(false));
            withCompressionCodec(CompressionCodecName.ZSTD);
            withWriterVersion(WriterVersion.PARQUET_1_0);
            withDictionaryEncoding(false);
        }

        @Override
        protected Builder self() {
            return this;
        }

        @Override
        protected WriteSupport<Integer> getWriteSupport(Configuration configuration) {
            return support;
        }
    }

    private static final class Rows extends WriteSupport<Integer> {
        private final MessageType schema;
        private final Map<String, String> keyValues;
        private final RowWriter rows;
        private RecordConsumer consumer;

        Rows(MessageType schema, Map<String, String> keyValues, RowWriter rows) {
            this.schema = schema;
            this.keyValues = keyValues;
            this.rows = rows;
        }

        @Override
        public WriteContext init(Configuration configuration) {
            return new WriteContext(schema, keyValues);
        }

        @Override
        public void prepareForWrite(RecordConsumer recordConsumer) {
            consumer = recordConsumer;
        }

        @Override
        public void write(Integer row) {
            consumer.startMessage();
            rows.write(row, consumer);
            consumer.endMessage();
        }
    }

    private static final class Projected extends ReadSupport<Object> {
        private final MessageType projection;
        private final GroupConverter root;

        Projected(MessageType projection, GroupConverter root) {
            this.projection = projection;
            this.root = root;
        }

        @Override
        public ReadContext init(InitContext context) {
            return new ReadContext(projection);
        }

        @Override
        public RecordMaterializer<Object> prepareForRead(
                Configuration configuration,
                Map<String, String> keyValues,
                MessageType fileSchema,
                ReadContext context) {
            return new RecordMaterializer<>() {
                @Override
                public Object getCurrentRecord() {
                    return root;
                }

                @Override
                public GroupConverter getRootConverter() {
                    return root;
                }
            };
        }
    }

    /** A stream that its owner closes. */
    private record StreamFile(OutputStream out) implements OutputFile {
        @Override
        public PositionOutputStream create(long blockSizeHint) {
            return new PositionOutputStream() {
                private long position;

                @Override
                public long getPos() {
                    return position;
                }

                @Override
                public void write(int value) throws IOException {
                    out.write(value);
                    position++;
                }

                @Override
                public void write(byte[] bytes, int from, int count) throws IOException {
                    out.write(bytes, from, count);
                    position += count;
                }

                @Override
                public void flush() throws IOException {
                    out.flush();
                }
            };
        }

        @Override
        public PositionOutputStream createOrOverwrite(long blockSizeHint) {
            return create(blockSizeHint);
        }

        @Override
        public boolean supportsBlockSize() {
            return false;
        }

        @Override
        public long defaultBlockSize() {
            return 0;
        }
    }
}
