package io.retort.storage;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/**
 * The end of a Parquet file: metadata, their length, and the mark {@code PAR1}.
 *
 * <p>Parquet lists the encodings of a column in the order of a hash set of enum constants, whose hash codes are other
 * ones in each JVM. So the same rows would give one of several files, and a task that is tried again on another
 * executor would change the bytes of the store.
 */
final class ParquetFooter {
    private static final byte[] MARK = "PAR1".getBytes(StandardCharsets.US_ASCII);

    private ParquetFooter() {}

    /** Writes a whole file with its encodings in the order of the format's numbers; no offset moves. */
    static void writeInOneOrder(byte[] file, OutputStream out) throws IOException {
        int end = file.length - MARK.length - Integer.BYTES;
        int length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(end);
        int start = end - length;
        FileMetaData metadata = Util.readFileMetaData(new ByteArrayInputStream(file, start, length));
        for (RowGroup group : metadata.getRow_groups()) {
            for (ColumnChunk chunk : group.getColumns()) {
                sortEncodings(chunk.getMeta_data());
            }
        }
        ByteArrayOutputStream sorted = new ByteArrayOutputStream();
        Util.writeFileMetaData(metadata, sorted);
        out.write(file, 0, start);
        sorted.writeTo(out);
        out.write(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(sorted.size())
                .array());
        out.write(MARK);
    }

    private static void sortEncodings(ColumnMetaData column) {
        List<Encoding> encodings = new ArrayList<>(column.getEncodings());
        encodings.sort(Comparator.comparingInt(Encoding::getValue));
        column.setEncodings(encodings);
    }

    /** The first column of a type that parquet-mr does not know, with advice; nothing where there is none. */
    static Optional<String> unknownType(InputFile file) throws IOException {
        List<SchemaElement> schema;
        try (SeekableInputStream in = file.newStream()) {
            long end = file.getLength() - MARK.length - Integer.BYTES;
            in.seek(end);
            ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            in.readFully(length.array());
            in.seek(end - length.getInt(0));
            schema = Util.readFileMetaData(in, true).getSchema();
        }
        return IntStream.range(0, schema.size())
                .filter(at -> schema.get(at).isSetLogicalType()
                        && schema.get(at).getLogicalType().getSetField() == null)
                .mapToObj(at -> "has a column " + name(schema, at) + " of " + unknownType(schema.get(at))
                        + ", which Spark 3.5's Parquet 1.13 does not know, so it reads no column of the file; cast that one to"
                        + " float32 or another type, or leave it out")
                .findFirst();
    }

    private static String unknownType(SchemaElement element) {
        boolean half = element.getType() == Type.FIXED_LEN_BYTE_ARRAY && element.getType_length() == Short.BYTES;
        return half ? "type FLOAT16" : "a new logical type";
    }

    /** The path of the element at a place: the schema is a tree in which each element is followed by its children. */
    private static String name(List<SchemaElement> schema, int at) {
        List<String> path = new ArrayList<>();
        List<Integer> ends = new ArrayList<>(); // how many children of each element above are still to come
        for (SchemaElement each : schema.subList(0, at)) {
            path.add(each.getName());
            ends.add(each.getNum_children());
            while (!ends.isEmpty() && ends.get(ends.size() - 1) == 0) {
                path.remove(path.size() - 1);
                ends.remove(ends.size() - 1);
                if (!ends.isEmpty()) {
                    ends.set(ends.size() - 1, ends.get(ends.size() - 1) - 1);
                }
            }
        }
        path.add(schema.get(at).getName());
        return String.join(".", path.subList(1, path.size()));
    }
}
