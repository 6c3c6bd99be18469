package io.retort.scaling;

import io.retort.config.Secrets;
import io.retort.engine.onnx.run.OnnxRuntime;
import io.retort.spark.Build;
import io.retort.spark.NativeSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.network.util.JavaUtils;

/**
 * Options of spark-submit for a run's first process: memory, cores, and the limits and threads of native libraries.
 *
 * <p>As text it is a properties file with a comment on each setting, which {@code spark-submit --properties-file}
 * reads.
 */
public final class SubmitSettings {
    private static final long MIB = 1L << 20;
    private static final String GIVEN = "as it was given";

    private final Map<String, Setting> settings = new LinkedHashMap<>();

    private record Setting(String value, String reason) {}

    /** Which kind of cluster runs the executors. */
    public enum Manager {
        LOCAL,
        STANDALONE,
        YARN,
        KUBERNETES;

        /** Of a Spark master, such as {@code yarn}, {@code spark://host:7077} or {@code k8s://https://host:6443}. */
        public static Manager of(String master) {
            if (master.equals("yarn")) {
                return YARN;
            }
            if (master.startsWith("k8s://")) {
                return KUBERNETES;
            }
            if (master.startsWith("spark://")) {
                return STANDALONE;
            }
            if (master.equals("local") || master.startsWith("local[")) {
                return LOCAL;
            }
            throw new IllegalArgumentException(
                    "master must be local[N], spark://HOST:PORT, yarn or k8s://URL, was '" + master + "'");
        }
    }

    /** Where the driver runs: beside the user, or in the cluster. */
    public enum DeployMode {
        CLIENT,
        CLUSTER
    }

    /**
     * How much of a cluster.
     *
     * @param executors how many
     * @param executorCores of each
     * @param taskCores of each task, {@code spark.task.cpus}
     */
    public record Request(Manager manager, DeployMode mode, int executors, int executorCores, int taskCores) {
        public Request {
            if (executors < 1 || taskCores < 1 || executorCores < taskCores) {
                throw new IllegalArgumentException(
                        "executors must be at least 1 and an executor's cores at least those of a task, were "
                                + executors + " executors of " + executorCores + " cores and tasks of " + taskCores);
            }
        }

        int slotsPerExecutor() {
            return executorCores / taskCores;
        }

        int slots() {
            return executors * slotsPerExecutor();
        }
    }

    private SubmitSettings() {}

    /**
     * The demands of a request.
     *
     * @param given settings that were given, which stay as they are
     */
    public static SubmitSettings of(Workload workload, Request request, Map<String, String> given) {
        SubmitSettings made = new SubmitSettings();
        made.executors(workload, request, given);
        made.driver(workload, request, given);
        if (request.mode() == DeployMode.CLUSTER) {
            // Here a driver is started before the recipe is read.
            new TreeMap<>(given).forEach((key, value) -> made.settings.putIfAbsent(key, ofRecipe(key, value)));
        }
        return made;
    }

    private void executors(Workload workload, Request request, Map<String, String> given) {
        int slots = request.slotsPerExecutor();
        Memory memory = Memory.ofExecutor(workload, slots, request.slots());
        long heap = mib(given, "spark.executor.memory", memory.heap());
        long overhead = mib(given, "spark.executor.memoryOverhead", memory.overhead());
        long offHeap = Math.max(256, overhead - memory.other());
        if (request.manager() == Manager.STANDALONE) {
            add(
                    given,
                    "spark.cores.max",
                    request.executors() * request.executorCores(),
                    request.executors() + " executors");
        } else {
            add(
                    given,
                    "spark.executor.instances",
                    request.executors(),
                    "each has " + slots + (slots == 1 ? " slot" : " slots") + " for tasks");
        }
        add(given, "spark.executor.cores", request.executorCores(), slots + " tasks at once");
        add(given, "spark.task.cpus", request.taskCores(), "cores of a task");
        add(
                given,
                "spark.executor.memory",
                heap + "m",
                "heap: open shards, soft labels, gradients, states on their way");
        add(
                given,
                "spark.executor.memoryOverhead",
                overhead + "m",
                "beside the heap: " + memory.offHeap() + " MiB of arrays of ND4J and ONNX Runtime, " + memory.other()
                        + " MiB of stacks, code and glibc's reserve");
        NativeSettings natives = new NativeSettings(request.taskCores(), heap * MIB, offHeap * MIB);
        addOptions(
                given,
                "spark.executor.extraJavaOptions",
                String.join(" ", natives.javaOptions()),
                "ND4J stays within the overhead; the container is not killed");
        natives.environment()
                .forEach((name, value) -> add(given, "spark.executorEnv." + name, value, environment(name)));
    }

    private void driver(Workload workload, Request request, Map<String, String> given) {
        int slots = request.slots();
        Memory memory = Memory.ofDriver(workload, slots);
        long heap = mib(given, "spark.driver.memory", memory.heap());
        add(
                given,
                "spark.driver.memory",
                heap + "m",
                workload.isSynchronous()
                        ? "heap: a state of each training under way, at most " + workload.sideBySide(slots)
                                + ", list of shards"
                        : "heap: states of " + workload.replicas(slots)
                                + " replicas, or means of their groups, at once, list of shards");
        long results = Memory.resultMib(workload, slots);
        if (results > 512) {
            add(
                    given,
                    "spark.driver.maxResultSize",
                    2 * results + "m",
                    "what reaches the driver of states in a job makes " + results + " MiB");
        }
        if (request.mode() == DeployMode.CLIENT) {
            return; // the launcher's own process is the driver
        }
        long overhead = mib(given, "spark.driver.memoryOverhead", memory.overhead());
        add(given, "spark.driver.memoryOverhead", overhead + "m", "beside the heap, as for executors");
        NativeSettings natives =
                new NativeSettings(request.taskCores(), heap * MIB, Math.max(256, overhead - memory.other()) * MIB);
        String options = Stream.concat(Build.current().jvmOptions().stream(), natives.javaOptions().stream())
                .collect(Collectors.joining(" "));
        addOptions(
                given,
                "spark.driver.extraJavaOptions",
                options,
                "what Java 17 closes and Spark enters, and ND4J's limits");
        if (request.manager() == Manager.YARN) {
            add(
                    given,
                    "spark.yarn.maxAppAttempts",
                    1,
                    "a refusal or a bad recipe is not tried again; after a crash the same command goes on");
        }
        String prefix = switch (request.manager()) {
            case YARN -> "spark.yarn.appMasterEnv.";
            case KUBERNETES -> "spark.kubernetes.driverEnv.";
            default -> "";
        };
        if (!prefix.isEmpty()) {
            natives.environment().forEach((name, value) -> add(given, prefix + name, value, environment(name)));
        }
    }

    private static String environment(String name) {
        return switch (name) {
            case "OMP_NUM_THREADS" -> "threads of one operation: one task's cores";
            case OnnxRuntime.TELEMETRY_VARIABLE -> "ONNX Runtime gathers no telemetry, in which it may end the JVM";
            default -> "glibc keeps what was freed for the next batch";
        };
    }

    /** The value of the recipe, or else the computed one. */
    private static long mib(Map<String, String> given, String key, long computed) {
        return given.containsKey(key) ? JavaUtils.byteStringAsMb(given.get(key)) : computed;
    }

    private static Setting ofRecipe(String key, String value) {
        if (Secrets.isSecret(key)) {
            throw new IllegalArgumentException("spark: " + key
                    + " is a secret, and the recipe of a driver in the cluster travels as a file; take it out and use a credential"
                    + " provider (spark.hadoop.hadoop.security.credential.provider.path), the cluster's own identity, or"
                    + " --deploy-mode client");
        }
        return new Setting(value, GIVEN);
    }

    private void add(Map<String, String> given, String key, Object value, String reason) {
        settings.put(
                key, given.containsKey(key) ? ofRecipe(key, given.get(key)) : new Setting(value.toString(), reason));
    }

    /** JVM options; given ones come last, so that they win. */
    private void addOptions(Map<String, String> given, String key, String options, String reason) {
        settings.put(key, new Setting((options + " " + given.getOrDefault(key, "")).strip(), reason));
    }

    /** A line of comment and a line {@code key=value} for each setting. */
    public String text() {
        List<String> lines = new ArrayList<>();
        settings.forEach((key, setting) -> {
            lines.add("# " + setting.reason());
            lines.add(key + "=" + setting.value());
        });
        return String.join("\n", lines) + "\n";
    }
}
