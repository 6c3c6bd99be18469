package io.retort.label;

import io.retort.label.Codec.CodecSettings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The logits as they are, little-endian: 4 bytes per class, no error. */
public final class Float32Codec implements Codec {
    private static final long serialVersionUID = 1L;

    /** Kind {@code float32}. */
    public record Settings() implements CodecSettings {
        @Override
        public Codec codec() {
            return new Float32Codec();
        }
    }

    @Override
    public String name() {
        return "float32";
    }

    @Override
    public byte[] encode(float[] logits, int classes) {
        byte[] stored = new byte[logits.length * Float.BYTES];
        ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(logits);
        return stored;
    }

    @Override
    public float[] decode(byte[] stored, int classes) {
        float[] logits = new float[stored.length / Float.BYTES];
        ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(logits);
        return logits;
    }
}
