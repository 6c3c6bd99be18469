package io.retort.network.compact;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.retort.network.compact.CompactFile.HasWireCode;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** How the parts of a compact file are made shorter. What would become longer is stored as it is. */
public enum EntropyCoding implements HasWireCode {
    /** Not at all. */
    NONE(0) {
        @Override
        byte[] coded(byte[] bytes, Content content) {
            return bytes;
        }

        @Override
        byte[] decoded(byte[] coded, int length) {
            throw new IllegalArgumentException("a coded part in a file without coding");
        }
    },
    /**
     * Huffman's codes (1952) by Java's zlib, in the layout of DEFLATE (RFC 1951): a table for each part of a tensor and
     * no matches, which is the coding of Deep Compression (Han, Mao, Dally 2016, section 4, arXiv:1510.00149). Text
     * alone has matches, too.
     */
    HUFFMAN(1) {
        @Override
        byte[] coded(byte[] bytes, Content content) {
            Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
            try {
                deflater.setStrategy(content == Content.TEXT ? Deflater.DEFAULT_STRATEGY : Deflater.HUFFMAN_ONLY);
                deflater.setInput(bytes);
                deflater.finish();
                ByteArrayOutputStream coded = new ByteArrayOutputStream();
                byte[] buffer = new byte[1 << 13];
                while (!deflater.finished()) {
                    coded.write(buffer, 0, deflater.deflate(buffer));
                }
                return coded.toByteArray();
            } finally {
                deflater.end();
            }
        }

        @Override
        byte[] decoded(byte[] coded, int length) {
            Inflater inflater = new Inflater(true);
            try {
                inflater.setInput(coded);
                byte[] room = new byte[length + 1]; // one more than due, so that more is noticed
                int read = 0;
                while (!inflater.finished() && read < room.length) {
                    int more = inflater.inflate(room, read, room.length - read);
                    if (more == 0 && !inflater.finished()) {
                        break;
                    }
                    read += more;
                }
                if (!inflater.finished() || read != length || inflater.getRemaining() > 0) {
                    throw new IllegalArgumentException("a coded part that does not hold the " + length + " bytes due");
                }
                return Arrays.copyOf(room, length);
            } catch (DataFormatException e) {
                throw new IllegalArgumentException("a coded part that is not DEFLATE: " + e.getMessage(), e);
            } finally {
                inflater.end();
            }
        }
    },
    /**
     * Zstandard (RFC 8878), by the library that Spark brings: Huffman's codes, tabled asymmetric numeral systems, and
     * matches.
     */
    ZSTD(2) {
        @Override
        byte[] coded(byte[] bytes, Content content) {
            return Zstd.compress(bytes, LEVEL);
        }

        @Override
        byte[] decoded(byte[] coded, int length) {
            byte[] bytes = new byte[length];
            try {
                long read = Zstd.decompress(bytes, coded);
                if (Zstd.isError(read) || read != length) {
                    throw new IllegalArgumentException("a coded part that does not hold the " + length + " bytes due");
                }
                return bytes;
            } catch (ZstdException e) {
                throw new IllegalArgumentException("a coded part that is not Zstandard's: " + e.getMessage(), e);
            }
        }
    };

    /** The highest one whose memory does not grow with it. */
    private static final int LEVEL = 19;

    private final int number;

    EntropyCoding(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    /** What a part holds. */
    enum Content {
        /** JSON. */
        TEXT,
        /** Numbers, one byte of each. */
        NUMBERS
    }

    /** The bytes, shorter or not. */
    abstract byte[] coded(byte[] bytes, Content content);

    /**
     * The bytes of coded ones.
     *
     * @param length that they must have; no more are made
     * @throws IllegalArgumentException if they have not, or are not coded so
     */
    abstract byte[] decoded(byte[] coded, int length);
}
