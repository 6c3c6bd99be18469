package io.retort.spark;

import io.retort.storage.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.network.util.JavaUtils;
import org.apache.spark.sql.SparkSession;

/**
 * Starts Spark with the settings that Java 17 and the native libraries need.
 *
 * <p>Nothing that the user said is changed: what {@code spark-submit} or a system property set stays, and the rest is
 * filled in. Without a master it is {@code local[cores]}. Environment and JVM options reach the executors; those of the
 * driver are the launcher's, for its JVM runs already.
 *
 * <p>The serializer is Spark's default, Java's: records of tasks and results are Java records, which the Kryo 4 in
 * Spark cannot read back.
 */
public final class SessionSetup {
    private static final String EXECUTOR_OPTIONS = "spark.executor.extraJavaOptions";
    private static final String EXECUTOR_OVERHEAD = "spark.executor.memoryOverhead";
    private static final String LOOPBACK = "127.0.0.1";
    private static final long MIN_OVERHEAD_MIB = 2048;

    private SessionSetup() {}

    /** The session of this process, started with this name if there is none yet. */
    public static SparkSession start(String name) {
        return start(name, Map.of());
    }

    /**
     * The session of this process, started with this name if there is none yet.
     *
     * @param settings Spark settings that hold unless {@code spark-submit} or a system property says otherwise
     * @throws IllegalStateException where the master does not answer
     */
    public static SparkSession start(String name, Map<String, String> settings) {
        SparkConf conf = new SparkConf();
        settings.forEach(conf::setIfMissing);
        complete(conf.setAppName(name));
        requireAddressForUi(conf, System.getenv());
        new SparkMaster(conf, yarn(conf), SparkMaster.PATIENCE).requireAnswer();
        return SparkSession.builder().config(conf).getOrCreate();
    }

    /** Files as a session sees them, with {@code spark.hadoop.*} settings, for commands that need no Spark. */
    public static Storage storage() {
        return Storage.of(SparkHadoopUtil.get().newConfiguration(new SparkConf()));
    }

    private static Configuration yarn(SparkConf conf) {
        Configuration hadoop = SparkHadoopUtil.get().newConfiguration(conf);
        hadoop.addResource("yarn-site.xml");
        return hadoop;
    }

    /** Whether driver and executor are this one JVM. */
    public static boolean isLocal(SparkConf conf) {
        String master = conf.get("spark.master", "local");
        return master.equals("local") || master.startsWith("local[");
    }

    static SparkConf complete(SparkConf conf) {
        conf.setIfMissing("spark.master", "local[" + Runtime.getRuntime().availableProcessors() + "]");
        conf.setIfMissing("spark.ui.showConsoleProgress", "false");
        // Timestamps in data must not depend on where a machine stands.
        conf.setIfMissing("spark.sql.session.timeZone", "UTC");
        return isLocal(conf) ? local(conf) : cluster(conf);
    }

    private static SparkConf local(SparkConf conf) {
        conf.setIfMissing("spark.driver.host", LOOPBACK);
        conf.setIfMissing("spark.driver.bindAddress", LOOPBACK);
        conf.setIfMissing("spark.ui.enabled", "false");
        return conf;
    }

    /** Without this variable Spark's UI, whose address has no setting, would listen on every interface. */
    static void requireAddressForUi(SparkConf conf, Map<String, String> environment) {
        if (isLocal(conf) && conf.getBoolean("spark.ui.enabled", true) && !environment.containsKey("SPARK_LOCAL_IP")) {
            throw new IllegalArgumentException(
                    "spark.ui.enabled: in local mode the UI would listen on every network interface;"
                            + " set the environment variable SPARK_LOCAL_IP to 127.0.0.1, as submit-scripts/retort does, or to the address"
                            + " that you mean");
        }
    }

    private static SparkConf cluster(SparkConf conf) {
        // The first executor to come would otherwise be given every replica.
        conf.setIfMissing("spark.scheduler.minRegisteredResourcesRatio", "1.0");
        // Executors that end before a run does have told of their memory by then.
        conf.setIfMissing("spark.executor.processTreeMetrics.enabled", "true");
        long heapMib = JavaUtils.byteStringAsMb(conf.get("spark.executor.memory", "1g"));
        // Arrays of ND4J and ONNX Runtime live outside the heap; Spark's default of a tenth of the heap would get
        // executors killed.
        conf.setIfMissing(EXECUTOR_OVERHEAD, Math.max(heapMib, MIN_OVERHEAD_MIB) + "m");
        long overheadMib = JavaUtils.byteStringAsMb(conf.get(EXECUTOR_OVERHEAD));
        NativeSettings settings =
                NativeSettings.within(conf.getInt("spark.task.cpus", 1), heapMib << 20, overheadMib << 20);
        settings.environment().forEach((name, value) -> conf.setIfMissing("spark.executorEnv." + name, value));
        List<String> needed = Stream.concat(Build.current().jvmOptions().stream(), settings.javaOptions().stream())
                .toList();
        return conf.set(EXECUTOR_OPTIONS, withMissing(conf.get(EXECUTOR_OPTIONS, ""), needed));
    }

    /** The given options and those of {@code needed} that they do not set yet, whatever the value. */
    static String withMissing(String given, List<String> needed) {
        List<String> options = new ArrayList<>();
        if (!given.isBlank()) {
            options.add(given.strip());
        }
        for (String option : needed) {
            String key = option.startsWith("-D") ? option.substring(0, option.indexOf('=') + 1) : option;
            if (!given.contains(key)) {
                options.add(option);
            }
        }
        return String.join(" ", options);
    }
}
