package io.retort.data.source.file;

import io.retort.data.source.file.SourceFiles.SourceFile;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * An open file of the binary version of CIFAR-10 or CIFAR-100, plain or gzipped, read from front to back. A record is a
 * byte for each label, of which CIFAR-10 has one and CIFAR-100 a coarse and a fine one, then the values of a picture
 * {@code [3, 32, 32]}, red, green and blue, a byte each (A. Krizhevsky, "Learning Multiple Layers of Features from Tiny
 * Images", University of Toronto, 2009; https://www.cs.toronto.edu/~kriz/cifar.html).
 */
public final class CifarFile implements AutoCloseable {
    private static final int PICTURE_BYTES = 3 * 32 * 32;

    private static final int PICKLE = 0x80;
    private static final String MATLAB = "MATLAB";
    private static final String TAR = "ustar";
    private static final int TAR_PLACE = 257;

    /** Which data set a file is of. */
    public enum Version {
        CIFAR_10("CIFAR-10", "leave labels out"),
        CIFAR_100("CIFAR-100", "set labels to fine or coarse");

        private final String title;
        private final String remedy;

        Version(String title, String remedy) {
            this.title = title;
            this.remedy = remedy;
        }

        /** How many classes there are by each label of a record. */
        public List<Integer> classes() {
            return this == CIFAR_10 ? List.of(10) : List.of(20, 100);
        }

        public int recordBytes() {
            return classes().size() + PICTURE_BYTES;
        }

        boolean isWhole(long bytes) {
            return bytes > 0 && bytes % recordBytes() == 0;
        }

        @Override
        public String toString() {
            return title;
        }
    }

    private final Path path;
    private final InputStream in;
    private final Version version;
    private long bytesRead;
    private byte[] records = {};

    private CifarFile(Path path, InputStream in, Version version) {
        this.path = path;
        this.in = in;
        this.version = version;
    }

    /** Refuses a file of another format or version, as far as its length and its first bytes show it. */
    public static CifarFile open(Storage storage, SourceFile source, Version version) {
        boolean packed = SourceFiles.isGzip(storage, source.path());
        CifarFile file = new CifarFile(source.path(), SourceFiles.open(storage, source.path()), version);
        try {
            file.requireVersion();
            if (!packed) {
                file.requireWhole(source.length());
            }
            return file;
        } catch (IOException e) {
            throw SourceFiles.closing(file.in, file.unreadable(e));
        } catch (RuntimeException e) {
            throw SourceFiles.closing(file.in, e);
        }
    }

    /** Each of these formats begins with a byte that is no label. */
    private void requireVersion() throws IOException {
        in.mark(TAR_PLACE + TAR.length());
        String start = new String(in.readNBytes(TAR_PLACE + TAR.length()), StandardCharsets.ISO_8859_1);
        in.reset();
        if (start.isEmpty() || start.charAt(0) < version.classes().get(0)) {
            return;
        }
        Optional<String> cause = Optional.empty();
        if (start.charAt(0) == PICKLE) {
            cause = Optional.of("is a Python pickle; take the binary version of " + version);
        } else if (start.startsWith(MATLAB)) {
            cause = Optional.of("is a MATLAB file; take the binary version of " + version);
        } else if (start.startsWith(TAR, TAR_PLACE)) {
            cause = Optional.of("is a tar archive; unpack it, and name the files with the records");
        }
        if (cause.isPresent()) {
            throw new ArtifactException(path + " " + cause.get());
        }
    }

    private void requireWhole(long bytes) {
        if (version.isWhole(bytes)) {
            return;
        }
        Optional<Version> other = Arrays.stream(Version.values())
                .filter(candidate -> candidate.isWhole(bytes))
                .findFirst();
        throw new ArtifactException(path + " has " + bytes + " bytes"
                + other.map(found -> ", which are " + bytes / found.recordBytes() + " records of " + found
                                + " and not of " + version + "; " + found.remedy)
                        .orElse(" and must have a multiple of " + version.recordBytes() + ", the length of a record of "
                                + version + "; it is cut off, or not of the binary version (those for Python and"
                                + " MATLAB are not read)"));
    }

    private ArtifactException unreadable(IOException cause) {
        return new ArtifactException(path + " cannot be read to its end: " + cause.getMessage(), cause);
    }

    /** How many records have been read. */
    public long recordsRead() {
        return bytesRead / version.recordBytes();
    }

    /** Reads the next records, so many at most, and says how many there were; none at the end. */
    public int next(int most) {
        long first = recordsRead();
        int bytes = Math.multiplyExact(most, version.recordBytes());
        try {
            records = in.readNBytes(bytes);
        } catch (IOException e) {
            throw unreadable(e);
        }
        bytesRead += records.length;
        if (records.length < bytes) {
            requireWhole(bytesRead);
        }
        int count = records.length / version.recordBytes();
        for (int record = 0; record < count; record++) {
            for (int place = 0; place < version.classes().size(); place++) {
                int last = version.classes().get(place) - 1;
                if (label(record, place) > last) {
                    throw new ArtifactException(path + ": byte " + place + " of record " + (first + record) + " is "
                            + label(record, place) + ", must be a label from 0 to " + last + " of " + version);
                }
            }
        }
        return count;
    }

    /** One label of one of the records that were read last. */
    public int label(int record, int place) {
        return records[record * version.recordBytes() + place] & 0xFF;
    }

    /** The pictures of the records that were read last, one after the other. */
    public byte[] pictures() {
        int labels = version.classes().size();
        int count = records.length / version.recordBytes();
        byte[] pictures = new byte[count * PICTURE_BYTES];
        for (int i = 0; i < count; i++) {
            System.arraycopy(records, i * version.recordBytes() + labels, pictures, i * PICTURE_BYTES, PICTURE_BYTES);
        }
        return pictures;
    }

    @Override
    public void close() {
        SourceFiles.close(in, path);
    }
}
