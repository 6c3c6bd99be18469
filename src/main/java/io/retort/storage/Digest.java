package io.retort.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;

/** A SHA-256 over fields, each preceded by its length, so that different sequences give different bytes. */
public final class Digest {
    private final MessageDigest sha256;

    public Digest() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    public Digest add(String text) {
        return add(text.getBytes(StandardCharsets.UTF_8));
    }

    public Digest add(byte[] bytes) {
        sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(bytes.length).array());
        sha256.update(bytes);
        return this;
    }

    public Digest add(long value) {
        return add(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    /** By its bits, so that 0 and -0 differ. */
    public Digest add(double value) {
        return add(Double.doubleToLongBits(value));
    }

    public Digest add(Fingerprinted part) {
        part.addTo(this);
        return this;
    }

    /** How many there are, then each. */
    public Digest addAll(Collection<? extends Fingerprinted> parts) {
        add(parts.size());
        parts.forEach(this::add);
        return this;
    }

    /** How many there are, then each. */
    public Digest addTexts(Collection<String> texts) {
        add(texts.size());
        texts.forEach(this::add);
        return this;
    }

    public Digest add(long[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES);
        bytes.asLongBuffer().put(values);
        return add(bytes.array());
    }

    public Digest add(int[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Integer.BYTES);
        bytes.asIntBuffer().put(values);
        return add(bytes.array());
    }

    public Digest add(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        return add(bytes.array());
    }

    /** The whole digest, 64 hexadecimal characters. */
    public String hex() {
        return HexFormat.of().formatHex(sha256.digest());
    }

    /** The first 16 bytes as 32 hexadecimal characters: a name in a store. */
    public String key() {
        return hex().substring(0, 32);
    }

    /**
     * A value that names in a store depend on.
     *
     * <p>Its form is explicit: a version, such as {@code schema/1}, then each field that matters, in an order that
     * stays. Names of classes, components and constants of Java are no part of it, and neither is {@code toString}, so
     * that renaming code changes no key. An enum of the recipe counts by its spelling there.
     */
    public interface Fingerprinted {
        /** Adds version and fields. A change of either raises the version; {@code FingerprintsTest} holds the keys. */
        void addTo(Digest digest);
    }
}
