package io.retort.distill.allreduce;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The form of messages between the JVMs of a gang: a token of 32 bytes, which only its ranks know and no other gang
 * has; the CRC-32C of the rest, since TCP's own sum of 16 bits lets errors through; kind, sender and step in 4, 4
 * and 8 bytes; the content. Little-endian.
 */
final class Frames {
    /** Bytes before the content. */
    static final int HEADER = 52;

    private static final int TOKEN = 32;
    private static final int CHECKED = 36;

    enum Kind {
        /** Sums of the sender's lanes at its nodes, of the receiver's slice of the vector. */
        PARTIAL(0),
        /** The sender's slice of the sum of all lanes. */
        TOTAL(1),
        /** The sender fails; the content is the reason in UTF-8. */
        ABORT(2),
        /** The sender ended after this step. */
        LEAVE(3),
        /** The sender needs the receiver no more. */
        RELEASE(4);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        private static Optional<Kind> of(int code) {
            return Arrays.stream(values()).filter(kind -> kind.code == code).findFirst();
        }
    }

    /** An opened message. */
    record Content(Kind kind, int sender, long step, ByteBuffer content) {}

    private final byte[] token;
    private final int self;

    /**
     * @param secret of this gang alone
     * @param self the number of this JVM, under which it sends
     */
    Frames(String secret, int self) {
        try {
            token = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        this.self = self;
    }

    /** A message for contents of up to so many bytes, which are to be put where it stands. */
    ByteBuffer blank(int bytes) {
        return ByteBuffer.allocate(HEADER + bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(HEADER);
    }

    /** Completes a message by its header. The result shares its bytes, and is for sending. */
    ByteBuffer sealed(ByteBuffer message, Kind kind, long step) {
        ByteBuffer whole = message.duplicate().order(ByteOrder.LITTLE_ENDIAN).flip();
        whole.put(0, token)
                .putInt(CHECKED, kind.code)
                .putInt(CHECKED + 4, self)
                .putLong(CHECKED + 8, step)
                .putInt(TOKEN, checksum(whole));
        return whole;
    }

    ByteBuffer of(Kind kind, long step, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return sealed(blank(bytes.length).put(bytes), kind, step);
    }

    /** @throws IllegalArgumentException if it is none of this gang's, or was damaged */
    Content opened(ByteBuffer message) {
        ByteBuffer whole = message.slice().order(ByteOrder.LITTLE_ENDIAN);
        byte[] theirs = new byte[TOKEN];
        if (whole.remaining() >= HEADER) {
            whole.get(0, theirs);
        }
        if (!MessageDigest.isEqual(token, theirs)) { // takes the same time wherever they differ
            throw new IllegalArgumentException(
                    "refused a message of " + whole.remaining() + " bytes: it does not carry the secret of this gang");
        }
        Optional<Kind> kind = Kind.of(whole.getInt(CHECKED));
        if (whole.getInt(TOKEN) != checksum(whole) || kind.isEmpty()) {
            throw new IllegalArgumentException(
                    "refused a message of " + whole.remaining() + " bytes: it was damaged on its way");
        }
        int sender = whole.getInt(CHECKED + 4);
        long step = whole.getLong(CHECKED + 8);
        ByteBuffer content = whole.position(HEADER).slice().order(ByteOrder.LITTLE_ENDIAN);
        return new Content(kind.get(), sender, step, content);
    }

    private static int checksum(ByteBuffer whole) {
        CRC32C sum = new CRC32C();
        sum.update(whole.duplicate().position(CHECKED));
        return (int) sum.getValue();
    }
}
