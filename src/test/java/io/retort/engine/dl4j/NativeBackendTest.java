package io.retort.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class NativeBackendTest {
    @Test
    void provesThatOneDnnIsInUse() {
        NativeBackend.Report report = NativeBackend.report();

        assertThat(report.oneDnnInUse()).as(report.toString()).isTrue();
        assertThat(report.extension()).startsWith("-onednn-avx");
        assertThat(report.evidence()).hasSize(3);
        assertThat(NativeBackend.report()).isSameAs(report);
    }

    @Test
    void choosesTheLibraryByTheFlagsOfTheCpu() {
        Set<String> skylake = Set.of("avx2", "fma", "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd");

        assertThat(NativeBackend.extensionFor(skylake)).contains("-onednn-avx512");
        assertThat(NativeBackend.extensionFor(Set.of("avx2", "fma", "avx512f"))).contains("-onednn-avx2");
        assertThat(NativeBackend.extensionFor(Set.of("sse4_2"))).isEmpty();
    }
}
