package io.retort.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.MiniHdfs;
import io.retort.RetortProcess;
import io.retort.TinyJob;
import io.retort.faults.Remains;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HDFS, a real one, as the root of whole runs. */
class HdfsTest {
    @TempDir
    private java.nio.file.Path directory;

    private final MiniHdfs hdfs = MiniHdfs.shared();

    @Test
    void aReaderFindsTheOldFileOrTheNewWhileOneIsReplaced() throws Exception {
        Replacing.expectNoGap(Storage.of(hdfs.configuration()), new Path(hdfs.uri() + "/replaced/file"), 100);
    }

    @Test
    void readsTheNewFileWhereTheBlocksOfTheOldOneAreGone() {
        Configuration configuration = hdfs.configuration();
        configuration.setClass("fs.hdfs.impl", ReplacingHdfs.class, FileSystem.class);
        configuration.setBoolean("fs.hdfs.impl.disable.cache", true);
        configuration.setInt("dfs.client.retry.window.base", 1); // ms that a client waits before it asks again
        Path path = new Path(hdfs.uri() + "/replaced/while-read");
        Storage.of(hdfs.configuration()).write(path, ReplacingHdfs.OLD);
        assertThat(Storage.of(configuration).read(path)).isEqualTo(ReplacingHdfs.NEW);
    }

    /** Replaces a file as soon as it is opened. */
    public static final class ReplacingHdfs extends DistributedFileSystem {
        static final byte[] OLD = {1};
        static final byte[] NEW = {2, 2};

        @Override
        public FSDataInputStream open(Path path, int bufferBytes) throws IOException {
            boolean isOld = getFileStatus(path).getLen() == OLD.length;
            FSDataInputStream in = super.open(path, bufferBytes);
            if (isOld) {
                Storage.of(getConf()).write(path, NEW);
                awaitDeletedBlock(in);
            }
            return in;
        }

        private static void awaitDeletedBlock(FSDataInputStream in) {
            try {
                while (in.read(0, new byte[1], 0, 1) == 1) {
                    Thread.onSpinWait();
                }
            } catch (IOException e) {
                // It is gone.
            }
        }
    }

    @Test
    void aRunLeavesTheSameModelsAsOnALocalDiskAndIsUsedAgain() throws Exception {
        TinyJob job = TinyJob.in(directory);
        String local = directory.resolve("root").toUri().toString();
        String remote = hdfs.uri() + "/retort";
        Storage storage = Storage.of(hdfs.configuration());
        run(job, local);
        run(job, remote);
        Path first = onlyRun(storage, remote);
        Remains remains = Remains.of(storage, new Path(remote), 1);
        assertThat(remains).isEqualTo(Remains.of(storage, new Path(local), 1));
        assertThat(remains.student()).hasSize(5);

        assertThat(run(job, remote))
                .contains(
                        "nothing to do: recipe, data and teacher are those of an earlier run",
                        "report: " + first + "/report.html",
                        "student: " + first + "/student-small-seed1.onnx");
        assertThat(onlyRun(storage, remote)).isEqualTo(first);
    }

    private static Path onlyRun(Storage storage, String root) {
        List<FileStatus> runs = storage.list(new Path(root, "runs/" + TinyJob.NAME));
        assertThat(runs).hasSize(1);
        return runs.get(0).getPath();
    }

    private String run(TinyJob job, String root) throws IOException, InterruptedException {
        java.nio.file.Path output = Files.createTempFile(directory, "run", ".log");
        Process process = RetortProcess.start(
                output, MiniHdfs.EAGER_CLIENT, Map.of(), "run", job.conf().toString(), "--root", root);
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(() -> read(output)).isZero();
        return read(output);
    }

    private static String read(java.nio.file.Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
