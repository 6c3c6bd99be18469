package io.retort;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/** A real HDFS on the loopback, name node and data node in a process of their own, which ends with this one at the latest. */
public final class MiniHdfs implements AutoCloseable {
    private static final String ANNOUNCEMENT = "HDFS at ";

    /**
     * Settings of Hadoop for a process that writes many small files. A client that closes a file is often quicker than
     * the data node, which has to tell the name node of the last block, and asks again after 400 ms, 800 ms and so on.
     * With these it begins with 10 ms, and waits longer in all.
     */
    public static final Map<String, String> EAGER_CLIENT = Map.of(
            "dfs.client.block.write.locateFollowingBlock.initial.delay.ms", "10",
            "dfs.client.block.write.locateFollowingBlock.retries", "12");

    private final Process process;
    private final String uri;

    private MiniHdfs(Process process, String uri) {
        this.process = process;
        this.uri = uri;
    }

    /** One for all tests of this JVM, each of which writes to a directory of its own; it ends when the JVM does. */
    public static MiniHdfs shared() {
        return Shared.HDFS;
    }

    private static final class Shared {
        private static final MiniHdfs HDFS = inTarget();

        private static MiniHdfs inTarget() {
            try {
                return start(Files.createTempDirectory(Path.of("target"), "hdfs"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * Starts one and waits until it is active.
     *
     * @param directory for its blocks
     */
    public static MiniHdfs start(Path directory) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx400m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MiniHdfs.class.getName(),
                        directory.toString())
                .redirectError(directory.resolve("hdfs.log").toFile())
                .start();
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(ANNOUNCEMENT)) {
                return new MiniHdfs(process, line.substring(ANNOUNCEMENT.length()));
            }
        }
        process.destroyForcibly();
        throw new IOException("no HDFS; see " + directory.resolve("hdfs.log"));
    }

    /** What the process does. */
    public static void main(String[] arguments) throws IOException {
        PrintStream announcements = System.out;
        System.setOut(System.err);
        Configuration configuration = new Configuration();
        configuration.set("dfs.replication", "1");
        // Seconds until a block that was deleted is gone.
        configuration.set("dfs.heartbeat.interval", "1");
        configuration.set("dfs.namenode.redundancy.interval.seconds", "1");
        try (MiniDFSCluster cluster =
                new MiniDFSCluster.Builder(configuration, new File(arguments[0], "data")).build()) {
            cluster.waitActive();
            announcements.println(ANNOUNCEMENT + cluster.getURI());
            announcements.flush();
            int end = System.in.read();
            announcements.println("ended by " + end);
            cluster.shutdown(true);
        }
    }

    /** Such as {@code hdfs://localhost:40123}. */
    public String uri() {
        return uri;
    }

    public Configuration configuration() {
        Configuration configuration = new Configuration();
        configuration.set("fs.defaultFS", uri);
        configuration.set("dfs.replication", "1");
        return configuration;
    }

    /** For what only HDFS can do, such as quotas. */
    public DistributedFileSystem fileSystem() throws IOException {
        return (DistributedFileSystem) FileSystem.get(configuration());
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        Processes.awaitEnd(process);
    }
}
