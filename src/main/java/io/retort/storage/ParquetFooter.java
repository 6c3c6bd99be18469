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
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;

/**
 * The end of a Parquet file: metadata, their length, and the mark {@code PAR1}.
 *
 * <p>Parquet lists the encodings of a column in the order of a hash set of enum constants, whose hash codes are other ones in each JVM. So the same
 * rows would give one of several files, and a task that is tried again on another executor would change the bytes of the store.
 */
final class ParquetFooter {
    private static final byte[] MARK = "PAR1".getBytes(StandardCharsets.US_ASCII);

    private ParquetFooter() {}

    /** Writes a whole file with its encodings in the order of the format's numbers; nothing else is changed, and no offset moves. */
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
}
