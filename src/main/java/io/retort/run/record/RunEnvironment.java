package io.retort.run.record;

import io.retort.engine.onnx.run.OnnxSession;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;

/** Where a run took place: what its times, and in part its figures, depend on. */
public final class RunEnvironment {
    private RunEnvironment() {}

    public static Map<String, String> of(JavaSparkContext spark, int replicas) {
        Map<String, String> environment = new TreeMap<>();
        environment.put("java", System.getProperty("java.vendor") + " " + System.getProperty("java.version"));
        environment.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        environment.put("cpu", HostInfo.cpu());
        environment.put("onnx-runtime", OnnxSession.runtimeVersion());
        environment.put("spark", spark.version());
        environment.put("master", spark.master());
        environment.put("replicas", Integer.toString(replicas));
        environment.put("omp-threads", System.getenv().getOrDefault("OMP_NUM_THREADS", "unset"));
        return Collections.unmodifiableMap(environment);
    }
}
