package io.retort.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.retort.MiniHdfs;
import io.retort.TinyJob;
import io.retort.faults.LocalRuns.Ended;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks that are really full or closed: small file systems in memory where this process may mount them, and HDFS with quotas and rights. */
@Tag("faults")
@TestInstance(Lifecycle.PER_CLASS) // one undisturbed run and one HDFS for all
class DiskFaultsIT {
    /** HDFS counts a whole block against a quota while it is written. */
    private static final Map<String, String> SMALL_BLOCKS =
            Map.of("dfs.blocksize", "1048576", "dfs.replication", "1", "dfs.client.block.write.retries", "1");

    private static final String NOBODY = "nobody";

    @TempDir
    private static Path directory;

    private Results results;
    private TinyJob job;
    private Remains calm;
    private Duration calmTime;
    private long calmKibibytes;
    private MiniHdfs hdfs;

    @BeforeAll
    void runUndisturbed() throws Exception {
        results = Results.of(DiskFaultsIT.class, "local mode, two replicas; disks");
        job = TinyJob.in(directory);
        Path root = directory.resolve("calm");
        calmTime = runs().run(root.toUri().toString()).expectDone().took();
        calm = remains(root);
        try (var files = Files.walk(root)) {
            // tmpfs has pages of 4 KiB.
            calmKibibytes = files.mapToLong(file -> (file.toFile().length() + 4095) / 4096 * 4)
                    .sum();
        }
        hdfs = MiniHdfs.start(Files.createDirectory(directory.resolve("hdfs")));
    }

    @AfterAll
    void end() throws IOException {
        hdfs.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {25, 50, 75})
    void aDiskIsFull(int percent) throws Exception {
        Path disk = Files.createDirectory(directory.resolve("full" + percent));
        assumeTrue(
                mount("-t", "tmpfs", "-o", "size=" + calmKibibytes * percent / 100 + "k", "retort", disk.toString()));
        try {
            Ended full = runs().run(disk.resolve("root").toUri().toString());
            assertThat(full.message())
                    .matches("cannot write file:\\S+: (No space left on device|Mkdirs failed to create .*)\n"
                            + "The stack trace is in \\S+/runs/tiny/\\S+/log");
            assertThat(mount("-o", "remount,size=64m", disk.toString())).isTrue();
            Ended again = runs().run(disk.resolve("root").toUri().toString()).expectDone();
            assertThat(remains(disk.resolve("root"), 2)).isEqualTo(calm);
            results.addRestarted(
                    "disk full after " + percent + " % of what a run writes (tmpfs)",
                    "the run fails with the error; started again with room, it ends with the same bytes",
                    general(full.message(), disk.toString()),
                    again.took(),
                    calmTime);
        } finally {
            unmount(disk);
        }
    }

    @Test
    void aDiskIsReadOnly() throws Exception {
        Path disk = Files.createDirectory(directory.resolve("read-only"));
        assumeTrue(mount("-t", "tmpfs", "-o", "size=64m", "retort", disk.toString()));
        try {
            String root = disk.resolve("root").toUri().toString();
            assertThat(mount("-o", "remount,ro", disk.toString())).isTrue();
            Ended refused = runs().run(root);
            assertThat(refused.exitCode()).isEqualTo(1);
            String message = line(refused, "WRONG root: ");
            assertThat(message).matches("WRONG root: cannot write \\S+: .*; choose another directory with --root");
            assertThat(mount("-o", "remount,rw", disk.toString())).isTrue();
            Ended again = runs().run(root).expectDone();
            assertThat(remains(disk.resolve("root"))).isEqualTo(calm);
            results.addRestarted(
                    "root on a read-only disk",
                    "refused before anything is computed",
                    general(message, disk.toString()),
                    again.took(),
                    calmTime);
        } finally {
            unmount(disk);
        }
    }

    @Test
    void aQuotaOfHdfsIsUsedUp() throws Exception {
        org.apache.hadoop.fs.Path root = new org.apache.hadoop.fs.Path(hdfs.uri() + "/quota");
        hdfs.fileSystem().mkdirs(root);
        long aBlock = 1 << 20;
        hdfs.fileSystem().setQuota(root, HdfsConstants.QUOTA_DONT_SET, aBlock + calmKibibytes * 1024 / 8);
        LocalRuns runs = new LocalRuns(job, directory, SMALL_BLOCKS, Map.of());
        Ended full = runs.run(root.toString());
        assertThat(full.message())
                .matches("cannot write hdfs:\\S+: The DiskSpace quota of /quota is exceeded: .*\n"
                        + "The stack trace is in \\S+/runs/tiny/\\S+/log");
        hdfs.fileSystem().setQuota(root, HdfsConstants.QUOTA_DONT_SET, HdfsConstants.QUOTA_RESET);
        Ended again = runs.run(root.toString()).expectDone();
        assertThat(Remains.of(Storage.of(hdfs.configuration()), root, 2)).isEqualTo(calm);
        results.addRestarted(
                "HDFS space quota used up",
                "the run fails with the error; started again with room, it ends with the same bytes",
                general(full.message(), hdfs.uri()),
                again.took(),
                calmTime);
    }

    @Test
    void aDirectoryOfHdfsMayNotBeWritten() throws Exception {
        org.apache.hadoop.fs.Path root = new org.apache.hadoop.fs.Path(hdfs.uri() + "/forbidden");
        org.apache.hadoop.fs.Path labels = new org.apache.hadoop.fs.Path(root, "store/labels");
        hdfs.fileSystem().mkdirs(labels);
        hdfs.fileSystem().setOwner(root, NOBODY, NOBODY);
        hdfs.fileSystem().setOwner(labels.getParent(), NOBODY, NOBODY);
        hdfs.fileSystem().setPermission(labels, new FsPermission("755"));
        LocalRuns runs = new LocalRuns(job, directory, SMALL_BLOCKS, Map.of("HADOOP_USER_NAME", NOBODY));
        Ended refused = runs.run(root.toString());
        assertThat(refused.message())
                .matches("cannot write hdfs:\\S+/store/labels/\\S+: Permission denied: user=nobody, access=WRITE,"
                        + " inode=\"/forbidden/store/labels\":\\S+\n"
                        + "The stack trace is in \\S+/runs/tiny/\\S+/log");
        hdfs.fileSystem().setOwner(labels, NOBODY, NOBODY);
        Ended again = runs.run(root.toString()).expectDone();
        assertThat(Remains.of(Storage.of(hdfs.configuration()), root, 2)).isEqualTo(calm);
        results.addRestarted(
                "no permission to write labels (HDFS, another user's directory)",
                "the run fails with the error; started again with the right, it ends with the same bytes",
                general(refused.message(), hdfs.uri()),
                again.took(),
                calmTime);
    }

    private LocalRuns runs() {
        return new LocalRuns(job, directory, Map.of(), Map.of());
    }

    private static Remains remains(Path root) {
        return remains(root, 1);
    }

    private static Remains remains(Path root, int runs) {
        return Remains.of(Storage.of(new Configuration()), new org.apache.hadoop.fs.Path(root.toUri()), runs);
    }

    private static String line(Ended ended, String prefix) {
        return ended.said()
                .lines()
                .filter(line -> line.startsWith(prefix))
                .findFirst()
                .orElse("");
    }

    /** A message without what differs from machine to machine. */
    private static String general(String message, String place) {
        return message.replaceAll("(file:/*)?" + Pattern.quote(place), "ROOT")
                .replaceAll("[0-9a-f]{32}", "KEY")
                .replaceAll("[0-9a-f-]{36}", "RANDOM")
                .replaceAll("cwd=[^)]*", "cwd=HERE");
    }

    private static boolean mount(String... arguments) throws IOException, InterruptedException {
        return run("mount", arguments);
    }

    private static void unmount(Path disk) throws IOException, InterruptedException {
        assertThat(run("umount", "--lazy", disk.toString())).isTrue();
    }

    private static boolean run(String program, String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(program);
        builder.command().addAll(List.of(arguments));
        return builder.redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }
}
