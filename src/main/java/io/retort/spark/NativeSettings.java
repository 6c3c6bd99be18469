package io.retort.spark;

import io.retort.engine.onnx.run.OnnxRuntime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the native libraries of one JVM need to know.
 *
 * @param threads that one operation may use; one thread per replica is fastest, since two replicas of one thread beat
 *     one of two
 * @param heapBytes the JVM's heap
 * @param offHeapBytes what ND4J may allocate beside the heap
 */
public record NativeSettings(int threads, long heapBytes, long offHeapBytes) {
    static final String OMP_THREADS = "OMP_NUM_THREADS";
    static final String MAX_BYTES = "org.bytedeco.javacpp.maxbytes";
    static final String MAX_PHYSICAL_BYTES = "org.bytedeco.javacpp.maxphysicalbytes";

    /**
     * glibc gives freed blocks back to the kernel, and on virtual machines the first touch of a page is very dear:
     * these keep what was freed for the next batch.
     */
    static final Map<String, String> MALLOC = Collections.unmodifiableMap(new TreeMap<>(Map.of(
            "MALLOC_MMAP_THRESHOLD_", "4294967296",
            "MALLOC_TRIM_THRESHOLD_", "8589934592",
            "MALLOC_TOP_PAD_", "268435456")));

    private static final long MIB = 1L << 20;
    /** Threads' stacks, compiled code, classes, and what glibc holds in reserve. */
    private static final long OTHER_BYTES = 768 * MIB;

    public NativeSettings {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be >= 1, was " + threads);
        }
        if (heapBytes < 1 || offHeapBytes < 1) {
            throw new IllegalArgumentException(
                    "heap and off-heap must be >= 1 byte, were " + heapBytes + " and " + offHeapBytes);
        }
    }

    /**
     * For a JVM with this heap in a container with this much memory beside it.
     *
     * @param overheadBytes the container's memory minus the heap; a quarter of a GiB at least is left for ND4J
     */
    static NativeSettings within(int threads, long heapBytes, long overheadBytes) {
        return new NativeSettings(threads, heapBytes, Math.max(overheadBytes - OTHER_BYTES, 256 * MIB));
    }

    /** Environment variables; they must be there when the process starts. */
    public Map<String, String> environment() {
        Map<String, String> variables = new TreeMap<>(MALLOC);
        variables.put(OMP_THREADS, Integer.toString(threads));
        variables.put(OnnxRuntime.TELEMETRY_VARIABLE, "1");
        return variables;
    }

    /** JVM options for JavaCPP, which allocates ND4J's arrays and refuses to go beyond these limits. */
    public List<String> javaOptions() {
        List<String> options = new ArrayList<>();
        options.add("-D" + MAX_BYTES + "=" + offHeapBytes / MIB + "m");
        // The whole process: without this limit JavaCPP takes heap + off-heap, and runs the garbage collector again and
        // again when libraries use more.
        options.add("-D" + MAX_PHYSICAL_BYTES + "=" + (heapBytes + offHeapBytes + OTHER_BYTES) / MIB + "m");
        return options;
    }
}
