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
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
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
                .contains("nothing to do: recipe, data and teacher are those of an earlier run; its report and models: "
                        + first);
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
