package io.retort.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.network.Network;
import io.retort.network.Structure;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

class NativeBackendTest {
    @Test
    void provesThatOneDnnIsInUse() {
        NativeBackend.Report report = NativeBackend.report();

        assertThat(report.oneDnnInUse()).as(report.toString()).isTrue();
        assertThat(report.extension()).startsWith("-onednn-avx");
        assertThat(report.evidence()).hasSize(3);
        assertThat(NativeBackend.report()).isSameAs(report);
    }

    /** Whatever the thread that computes had before: the one that loads ND4J has several. */
    @Test
    void whatComputesLimitsTheThreadsOfOpenMp() {
        int wanted = NativeBackend.report().ompThreads();
        NativeOps library = NativeOpsHolder.getInstance().getDeviceNativeOps();
        Structure structure = Networks.residual();
        Dl4jNetwork network = Dl4jNetwork.of(
                Network.initialised(structure, 1), new Adam(0.01), 0, new PackedCrossEntropy(), LayerSet.FUSED);
        INDArray features = Networks.features(structure, 4, 1);
        INDArray targets = Networks.targets(structure, 4, 1);
        List<Runnable> computing =
                List.of(() -> network.step(features, targets), () -> network.logits(features), () -> {
                    network.beginStatistics();
                    network.observe(features);
                });
        for (Runnable each : computing) {
            library.setOmpNumThreads(wanted + 3);
            each.run();
            assertThat(library.ompGetMaxThreads()).isEqualTo(wanted);
        }
    }

    @Test
    void choosesTheLibraryByTheFlagsOfTheCpu() {
        Set<String> skylake = Set.of("avx2", "fma", "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd");

        assertThat(NativeBackend.extensionFor(skylake)).contains("-onednn-avx512");
        assertThat(NativeBackend.extensionFor(Set.of("avx2", "fma", "avx512f"))).contains("-onednn-avx2");
        assertThat(NativeBackend.extensionFor(Set.of("sse4_2"))).isEmpty();
    }
}
