package io.retort.label;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.label.Codec.CodecSettings;
import org.junit.jupiter.api.Test;

class Float32CodecTest implements CodecContract {
    @Override
    public CodecSettings settings() {
        return new Float32Codec.Settings();
    }

    @Override
    public int bytesOfTenClasses() {
        return 40;
    }

    @Test
    void losesNothing() {
        float[] logits = CodecContract.random(20, 10, 30);
        logits[3] = Float.MIN_VALUE;
        logits[4] = -Float.MAX_VALUE;
        logits[5] = -0f;
        Codec codec = settings().codec();
        assertThat(codec.decode(codec.encode(logits, 10), 10)).isEqualTo(logits);
    }
}
