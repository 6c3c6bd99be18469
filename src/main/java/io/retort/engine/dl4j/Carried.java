package io.retort.engine.dl4j;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;

/**
 * A value that a DL4J configuration carries to executors. Spark's serialiser may be Kryo, which cannot read records
 * back, so the value travels as the bytes of Java's own serialisation.
 */
public final class Carried<T> implements Serializable {
    private static final long serialVersionUID = 1L;

    private final byte[] bytes;
    private transient T value;

    private Carried(byte[] bytes, T value) {
        this.bytes = bytes;
        this.value = value;
    }

    /**
     * Wraps a value.
     *
     * @param value of a serialisable class
     */
    public static <T> Carried<T> of(T value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot serialise " + value, e);
        }
        return new Carried<>(bytes.toByteArray(), value);
    }

    @SuppressWarnings("unchecked") // only of() writes the bytes
    public synchronized T value() {
        if (value == null) { // it has travelled
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
                value = (T) in.readObject();
            } catch (IOException | ClassNotFoundException e) {
                throw new IllegalStateException("cannot read a value of a DL4J configuration", e);
            }
        }
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Carried<?> that && value().equals(that.value());
    }

    @Override
    public int hashCode() {
        return value().hashCode();
    }
}
