package io.retort.data.source.file;

import io.retort.data.DataType;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;

/**
 * An IDX file, plain or gzipped, read from front to back: two zero bytes, the type of the values, the number of sizes,
 * the sizes (big-endian int32, the number of items first), then the values (Y. LeCun, C. Cortes, C. Burges, "The MNIST
 * database of handwritten digits").
 */
public final class IdxFile implements AutoCloseable {
    private static final int UINT8 = 0x08;
    private static final int INT8 = 0x09;
    private static final int INT16 = 0x0B;
    private static final int INT32 = 0x0C;
    private static final int FLOAT32 = 0x0D;
    private static final int FLOAT64 = 0x0E;

    private final Path path;
    private final InputStream in;
    private final int type;
    private final List<Integer> sizes;
    private long itemsRead;

    private IdxFile(Path path, InputStream in) throws IOException {
        this.path = path;
        this.in = in;
        byte[] magic = in.readNBytes(4);
        if (magic.length < 4 || magic[0] != 0 || magic[1] != 0 || bytesOf(magic[2]) == 0 || magic[3] < 1) {
            throw new ArtifactException(
                    path + " is no IDX file: it must begin with the bytes 00 00, a type (08, 09, 0b, 0c, 0d or 0e) and"
                            + " the number of sizes, but begins with "
                            + (magic.length == 0
                                    ? "nothing, it is empty"
                                    : HexFormat.ofDelimiter(" ").formatHex(magic)));
        }
        type = magic[2];
        byte[] stored = in.readNBytes(magic[3] * Integer.BYTES);
        if (stored.length < magic[3] * Integer.BYTES) {
            throw new ArtifactException(path + " ends within its header, after " + (4 + stored.length) + " bytes");
        }
        ByteBuffer header = ByteBuffer.wrap(stored);
        sizes = IntStream.range(0, magic[3]).mapToObj(i -> header.getInt()).toList();
        if (sizes.stream().anyMatch(size -> size < 0) || sizes.stream().skip(1).anyMatch(size -> size == 0)) {
            throw new ArtifactException(path + " is no IDX file: its header states the sizes " + sizes);
        }
    }

    public static IdxFile open(Storage storage, Path path) {
        InputStream in = SourceFiles.open(storage, path);
        try {
            return new IdxFile(path, in);
        } catch (IOException e) {
            throw SourceFiles.closing(in, new ArtifactException(path + " cannot be read: " + e.getMessage(), e));
        } catch (RuntimeException e) {
            throw SourceFiles.closing(in, e);
        }
    }

    public Path path() {
        return path;
    }

    /** How many items there are. */
    public int items() {
        return sizes.get(0);
    }

    /** The sizes of one item; empty for single values. */
    public List<Integer> itemSizes() {
        return sizes.subList(1, sizes.size());
    }

    /** One byte without a sign, or anything that becomes a float. */
    public DataType element() {
        return type == UINT8 ? DataType.UINT8 : DataType.FLOAT32;
    }

    /** The next items as they are stored. */
    public byte[] readStored(int count) {
        int itemBytes = itemSizes().stream().reduce(bytesOf(type), Math::multiplyExact);
        int bytes = Math.multiplyExact(count, itemBytes);
        byte[] stored;
        try {
            stored = in.readNBytes(bytes);
        } catch (EOFException e) {
            throw truncated(e);
        } catch (IOException e) {
            throw new ArtifactException(path + " cannot be read beyond item " + itemsRead + ": " + e.getMessage(), e);
        }
        itemsRead += stored.length / itemBytes;
        if (stored.length < bytes) {
            throw truncated(null);
        }
        return stored;
    }

    private ArtifactException truncated(IOException cause) {
        String seen = cause == null ? itemsRead + "" : "at most " + itemsRead;
        return new ArtifactException(
                path + " is cut off: its header states " + items() + " items, but it ends after " + seen, cause);
    }

    /** Whether values are whole numbers. */
    public boolean isWhole() {
        return type != FLOAT32 && type != FLOAT64;
    }

    /** The next items as numbers, which hold each type's exactly. */
    public double[] read(int count) {
        byte[] stored = readStored(count);
        ByteBuffer buffer = ByteBuffer.wrap(stored);
        double[] values = new double[stored.length / bytesOf(type)];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (type) {
                case UINT8 -> buffer.get() & 0xFF;
                case INT8 -> buffer.get();
                case INT16 -> buffer.getShort();
                case INT32 -> buffer.getInt();
                case FLOAT32 -> buffer.getFloat();
                default -> buffer.getDouble();
            };
        }
        return values;
    }

    /** Refuses a file that goes on after its last item. */
    public void expectEnd() {
        try {
            if (in.read() >= 0) {
                throw new ArtifactException(path + " goes on after the " + items() + " items that its header states");
            }
        } catch (IOException e) {
            throw new ArtifactException(path + " cannot be read beyond item " + itemsRead + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        SourceFiles.close(in, path);
    }

    private static int bytesOf(int type) {
        return switch (type) {
            case UINT8, INT8 -> 1;
            case INT16 -> 2;
            case INT32, FLOAT32 -> 4;
            case FLOAT64 -> 8;
            default -> 0;
        };
    }

    @Override
    public String toString() {
        return path + " " + Arrays.toString(sizes.toArray());
    }
}
