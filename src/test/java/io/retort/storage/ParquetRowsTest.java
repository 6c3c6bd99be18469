package io.retort.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Util;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;
import org.junit.jupiter.api.Test;

class ParquetRowsTest {
    private static final MessageType COLUMNS = Types.buildMessage()
            .required(PrimitiveTypeName.INT64)
            .named("id")
            .optional(PrimitiveTypeName.INT64)
            .named("other")
            .named("rows");

    @Test
    void listsTheEncodingsOfEachColumnInTheOrderOfTheirNumbers() throws IOException {
        FileMetaData metadata = metadata(file(Map.of("b", "2", "a", "1")));
        assertThat(metadata.getNum_rows()).isEqualTo(100);
        for (ColumnChunk chunk : metadata.getRow_groups().get(0).getColumns()) {
            List<Integer> numbers = chunk.getMeta_data().getEncodings().stream()
                    .map(Encoding::getValue)
                    .toList();
            assertThat(numbers).isSorted().hasSizeGreaterThan(1);
        }
    }

    @Test
    void leavesAFileThatIsInOrderAsItIs() throws IOException {
        byte[] file = file(Map.of());
        ByteArrayOutputStream again = new ByteArrayOutputStream();
        ParquetFooter.writeInOneOrder(file, again);
        assertThat(again.toByteArray()).isEqualTo(file);
    }

    /** As another JVM may write it: with the encodings of each column the other way round. */
    @Test
    void givesTheSameFileFromEveryOrderOfEncodings() throws IOException {
        byte[] file = file(Map.of("a", "1"));
        FileMetaData metadata = metadata(file);
        for (ColumnChunk chunk : metadata.getRow_groups().get(0).getColumns()) {
            List<Encoding> reversed = new ArrayList<>(chunk.getMeta_data().getEncodings());
            Collections.reverse(reversed);
            chunk.getMeta_data().setEncodings(reversed);
        }
        ByteArrayOutputStream other = new ByteArrayOutputStream();
        other.write(file, 0, file.length - 8 - length(file));
        int start = other.size();
        Util.writeFileMetaData(metadata, other);
        int length = other.size() - start;
        other.write(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(length)
                .array());
        other.write(file, file.length - 4, 4);
        assertThat(other.toByteArray()).isNotEqualTo(file);
        ByteArrayOutputStream sorted = new ByteArrayOutputStream();
        ParquetFooter.writeInOneOrder(other.toByteArray(), sorted);
        assertThat(sorted.toByteArray()).isEqualTo(file);
    }

    private static byte[] file(Map<String, String> keyValues) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ParquetRows.write(out, COLUMNS, keyValues, 100, (row, fields) -> {
            fields.startField("id", 0);
            fields.addLong(row);
            fields.endField("id", 0);
        });
        return out.toByteArray();
    }

    private static int length(byte[] file) {
        return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(file.length - 8);
    }

    private static FileMetaData metadata(byte[] file) throws IOException {
        int length = length(file);
        return Util.readFileMetaData(new ByteArrayInputStream(file, file.length - 8 - length, length));
    }
}
