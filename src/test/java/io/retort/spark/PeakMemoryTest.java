package io.retort.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PeakMemoryTest {
    @Test
    void isAtLeastWhatTheProcessHasTouched() {
        byte[] touched = new byte[200 << 20];
        Arrays.fill(touched, (byte) 1);
        assertThat(PeakMemory.here()).isBetween((long) touched.length, 1L << 40);
        assertThat(touched).endsWith((byte) 1);
        assertThat(PeakMemory.of(LocalSpark.context())).matches("driver [0-9,]{3,} MiB");
    }
}
