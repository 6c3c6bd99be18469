package io.retort.engine.dl4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.deeplearning4j.nn.layers.mkldnn.BaseMKLDNNHelper;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Conv2D;
import org.nd4j.linalg.cpu.nativecpu.bindings.Nd4jCpu;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses ND4J's native library and proves that its fast path is in use.
 *
 * <p>ND4J reads system properties once, when it is first touched. Whatever touches it calls {@link #configure} before.
 */
public final class NativeBackend {
    static final String HELPERS_DISABLED = "org.eclipse.deeplearning4j.helpers.disable";
    static final String PLATFORM_EXTENSION = "org.bytedeco.javacpp.platform.extension";

    private static final String CRASH_REPORTS = "org.deeplearning4j.crash.reporting.enabled";

    private static final String LOADER_LOG = "org.bytedeco.javacpp.logger";

    private static final Logger LOG = LoggerFactory.getLogger(NativeBackend.class);
    private static final List<String> WATCHED_FLAGS =
            List.of("avx2", "fma", "avx512f", "avx512bw", "avx512dq", "avx512vl");
    /** The instruction sets of the AVX-512 library. */
    private static final Set<String> AVX512 = Set.of("avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512cd");

    private static final Set<String> AVX2 = Set.of("avx2", "fma");

    /**
     * The library in use.
     *
     * @param extension of the native library, such as {@code -onednn-avx512}; empty for the portable one
     * @param cpuFlags the flags of this CPU that matter
     * @param oneDnnInUse whether convolutions go through oneDNN
     * @param evidence the observations
     * @param ompThreads threads that one operation uses
     */
    public record Report(
            String extension, List<String> cpuFlags, boolean oneDnnInUse, List<String> evidence, int ompThreads) {
        public Report {
            cpuFlags = List.copyOf(cpuFlags);
            evidence = List.copyOf(evidence);
        }

        @Override
        public String toString() {
            return "oneDNN " + (oneDnnInUse ? "in use" : "NOT in use") + " (library " + extension + ", threads "
                    + ompThreads + ", CPU " + String.join(" ", cpuFlags) + "; " + String.join("; ", evidence) + ")";
        }
    }

    private NativeBackend() {}

    /**
     * Sets the properties that ND4J reads when it is first touched, unless the user has set them. May be called any
     * number of times; it has no effect once ND4J is loaded.
     */
    public static void configure() {
        Configured.once();
    }

    /**
     * Gives operations of the calling thread as many native threads as {@code OMP_NUM_THREADS}, or one. OpenMP
     * keeps the number for each thread, and the one that loads ND4J has several whatever that variable holds: they take
     * the cores of other replicas, wait for each other in busy loops (a step took 20 times as long), and change the
     * order of sums. So whatever computes calls this first, on the thread that computes; it costs a call into the
     * library.
     */
    public static void limitThreads() {
        configure();
        Nd4j.getExecutioner(); // loads ND4J, without which there is no holder
        nativeOps().setOmpNumThreads(Threads.WANTED);
    }

    private static NativeOps nativeOps() {
        return NativeOpsHolder.getInstance().getDeviceNativeOps();
    }

    /** The library in use, with proof; takes some tens of milliseconds the first time. */
    public static Report report() {
        configure();
        return Proven.REPORT;
    }

    /** The library for a CPU with these flags; empty for the portable one. */
    static Optional<String> extensionFor(Set<String> flags) {
        if (flags.containsAll(AVX512)) {
            return Optional.of("-onednn-avx512");
        }
        return flags.containsAll(AVX2) ? Optional.of("-onednn-avx2") : Optional.empty();
    }

    private static Set<String> cpuFlags() {
        Path file = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(file)) {
            return Set.of(); // not Linux: JavaCPP finds its library by itself
        }
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .map(line ->
                            Set.of(line.substring(line.indexOf(':') + 1).strip().split("\\s+")))
                    .orElse(Set.of());
        } catch (IOException e) {
            LOG.warn("cannot read {}; the portable native library is used, which is slow", file, e);
            return Set.of();
        }
    }

    private static final class Threads {
        private static final int WANTED = wanted(System.getenv("OMP_NUM_THREADS"));

        private static int wanted(String variable) {
            return variable != null && variable.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(variable) : 1;
        }
    }

    /** The initialiser of a class runs once, however many threads come. */
    private static final class Configured {
        static {
            if (System.getProperty(HELPERS_DISABLED) == null) {
                System.setProperty(HELPERS_DISABLED, "false"); // true in M2 by default, and then oneDNN is never used
            }
            // It warns that OpenBLAS was built with another version of itself, which works; as a logger it can be told
            // not to.
            if (System.getProperty(LOADER_LOG) == null) {
                System.setProperty(LOADER_LOG, "slf4j");
            }
            // A report of the memory in use would need libraries that are left out, and would hide the error.
            System.setProperty(CRASH_REPORTS, "false");
            if (System.getProperty(PLATFORM_EXTENSION) == null) {
                extensionFor(cpuFlags()).ifPresent(extension -> System.setProperty(PLATFORM_EXTENSION, extension));
            }
        }

        private static void once() {
            // running the initialiser is all
        }
    }

    private static final class Proven {
        private static final int RETRIES = 4;
        private static final Report REPORT = prove();

        private static Report prove() {
            limitThreads(); // as before each step of a training: the report is of what trains
            Set<String> flags = new TreeSet<>(cpuFlags());
            flags.retainAll(WATCHED_FLAGS);
            boolean disabled = Boolean.parseBoolean(System.getProperty(HELPERS_DISABLED, "true"));
            boolean helper = !disabled && BaseMKLDNNHelper.mklDnnEnabled();
            boolean library = Nd4jCpu.Environment.getInstance().isUseONEDNN();
            double with = millisecondsPerConvolution();
            double without = millisecondsWithoutHelpers();
            // on a busy machine the fast one may have been the one that waited
            for (int again = 0; again < RETRIES && helper && library && with >= without; again++) {
                with = millisecondsPerConvolution();
                without = millisecondsWithoutHelpers();
            }
            boolean faster = with < without;
            List<String> evidence = List.of(
                    "DL4J's helper " + (helper ? "on" : "off"),
                    "the library's oneDNN " + (library ? "on" : "off"),
                    "3x3 convolution of 64 channels %.1f ms, without helpers %.1f ms".formatted(with, without));
            Report report = new Report(
                    System.getProperty(PLATFORM_EXTENSION, ""),
                    List.copyOf(flags),
                    helper && library && faster,
                    evidence,
                    nativeOps().ompGetMaxThreads());
            if (report.oneDnnInUse()) {
                LOG.info("{}", report);
            } else {
                LOG.warn("DL4J will be several times slower than it could be: {}", report);
            }
            return report;
        }

        private static double millisecondsWithoutHelpers() {
            boolean allowed = Nd4j.getEnvironment().helpersAllowed();
            Nd4j.getEnvironment().allowHelpers(false);
            try {
                return millisecondsPerConvolution();
            } finally {
                Nd4j.getEnvironment().allowHelpers(allowed);
            }
        }

        /** The best of a few convolutions: 8 images, 64 to 64 channels, 28×28. */
        private static double millisecondsPerConvolution() {
            INDArray input = Nd4j.zeros(DataType.FLOAT, 8, 64, 28, 28);
            INDArray weight = Nd4j.zeros(DataType.FLOAT, 64, 64, 3, 3);
            INDArray output = Nd4j.createUninitialized(DataType.FLOAT, 8, 64, 28, 28);
            long best = Long.MAX_VALUE;
            OpContext context = Nd4j.getExecutioner().buildContext();
            context.setIArguments(3, 3, 1, 1, 1, 1, 1, 1, 0, 0, 1);
            context.setInputArrays(input, weight);
            context.setOutputArrays(output);
            for (int i = 0; i < 4; i++) {
                long start = System.nanoTime();
                Nd4j.exec(new Conv2D(), context);
                best = Math.min(best, System.nanoTime() - start);
            }
            return best / 1e6;
        }
    }
}
