package io.retort.network.compact;

import io.retort.network.compact.EntropyCoding.Content;
import java.io.ByteArrayOutputStream;

/** Bytes in the order in which {@link PartsReader} reads them. */
final class PartsWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final EntropyCoding coding;

    PartsWriter(EntropyCoding coding) {
        this.coding = coding;
    }

    void single(int value) {
        bytes.write(value);
    }

    void all(byte[] values) {
        bytes.writeBytes(values);
    }

    /** A whole number, 7 bits to a byte, the lowest first; all bytes but the last have the eighth bit. */
    void length(int value) {
        int rest = value;
        while (rest >= 0x80) {
            bytes.write((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        bytes.write(rest);
    }

    /** Some bytes whose number the reader knows, after the number of those that are written: of coded ones where they are fewer. */
    void part(byte[] part, Content content) {
        byte[] coded = part.length == 0 ? part : coding.coded(part, content);
        byte[] shorter = coded.length < part.length ? coded : part;
        length(shorter.length);
        bytes.writeBytes(shorter);
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }
}
