package io.retort;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;

/** A real YARN on the loopback, resource manager and node manager in a process of their own, which ends with this one at the latest. */
public final class MiniYarn implements AutoCloseable {
    private static final String ANNOUNCEMENT = "YARN is up";

    /** What Hadoop's mini cluster lacks a file of. */
    private static final Map<String, String> SETTINGS = Map.ofEntries(
            Map.entry("yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", "100.0"),
            Map.entry("yarn.scheduler.capacity.root.queues", "default"),
            Map.entry("yarn.scheduler.capacity.root.default.capacity", "100"),
            Map.entry("yarn.scheduler.capacity.root.default.user-limit-factor", "1"),
            Map.entry("yarn.scheduler.capacity.root.default.maximum-capacity", "100"),
            Map.entry("yarn.scheduler.capacity.root.default.state", "RUNNING"),
            Map.entry("yarn.scheduler.capacity.root.default.acl_submit_applications", "*"),
            Map.entry("yarn.scheduler.capacity.root.default.acl_administer_queue", "*"),
            Map.entry("yarn.scheduler.capacity.node-locality-delay", "-1"),
            Map.entry("yarn.resourcemanager.hostname", "127.0.0.1"),
            Map.entry("yarn.minicluster.fixed.ports", "false"),
            Map.entry("yarn.minicluster.yarn.nodemanager.resource.memory-mb", "12288"),
            Map.entry("yarn.nodemanager.vmem-check-enabled", "false"));

    private final Process process;
    private final SparkHome home;

    private MiniYarn(Process process, SparkHome home) {
        this.process = process;
        this.home = home;
    }

    /**
     * Starts one and waits until its node manager is registered.
     *
     * @param directory an empty one for configuration, logs and work
     */
    public static MiniYarn start(Path directory) throws IOException {
        Path log = directory.resolve("yarn.log");
        Path configuration = Files.createDirectory(directory.resolve("conf"));
        List<String> line = new ArrayList<>();
        line.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx600m",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                MiniYarn.class.getName(),
                configuration.toString()));
        ProcessBuilder builder = new ProcessBuilder(line).directory(directory.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.redirectError(log.toFile()).start();
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        for (String said = lines.readLine(); said != null; said = lines.readLine()) {
            if (said.equals(ANNOUNCEMENT)) {
                return new MiniYarn(
                        process,
                        SparkHome.in(Files.createDirectory(directory.resolve("spark")))
                                .withHadoop(configuration));
            }
        }
        process.destroyForcibly();
        throw new IOException("no YARN; see " + log);
    }

    /** What the process does. */
    public static void main(String[] arguments) {
        try {
            run(arguments);
            System.exit(0);
        } catch (Exception | LinkageError e) {
            e.printStackTrace();
            System.exit(1); // what had been started keeps threads
        }
    }

    private static void run(String[] arguments) throws Exception {
        PrintStream announcements = System.out;
        System.setOut(System.err);
        YarnConfiguration settings = new YarnConfiguration();
        SETTINGS.forEach(settings::set);
        try (MiniYARNCluster cluster = new MiniYARNCluster("retort", 1, 1, 1)) {
            cluster.init(settings);
            cluster.start();
            if (!cluster.waitForNodeManagersToConnect(TimeUnit.SECONDS.toMillis(60))) {
                throw new IllegalStateException("the node manager did not register");
            }
            try (OutputStream out = Files.newOutputStream(Path.of(arguments[0], "yarn-site.xml"))) {
                cluster.getConfig().writeXml(out);
            }
            announcements.println(ANNOUNCEMENT);
            announcements.flush();
            int end = System.in.read();
            announcements.println("ended by " + end);
        }
    }

    /**
     * Starts {@code retort} on two executors.
     *
     * @param deployMode client or cluster
     */
    public EmbeddedCluster.Submission start(String deployMode, List<String> sparkOptions, String... arguments)
            throws IOException {
        List<String> options = new ArrayList<>(List.of("--master", "yarn", "--deploy-mode", deployMode));
        for (String setting : List.of(
                "spark.yarn.jars=local:" + home.jars() + "/*",
                "spark.executor.instances=2",
                "spark.executor.memory=1g",
                "spark.executor.memoryOverhead=2g",
                "spark.driver.memory=1g",
                "spark.driver.memoryOverhead=2g")) {
            options.addAll(List.of("--conf", setting));
        }
        options.addAll(sparkOptions);
        return home.submit(options, arguments);
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
