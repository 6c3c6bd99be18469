package io.retort.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.spark.Doctor.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionSetupTest {
    @TempDir
    private Path directory;

    private static SparkConf conf() {
        return new SparkConf(false);
    }

    @Test
    void localModeUsesEveryCoreAndTheLoopback() {
        SparkConf conf = SessionSetup.complete(conf());
        assertThat(conf.get("spark.master"))
                .isEqualTo("local[" + Runtime.getRuntime().availableProcessors() + "]");
        assertThat(conf.get("spark.driver.bindAddress")).isEqualTo("127.0.0.1");
        assertThat(conf.get("spark.ui.enabled")).isEqualTo("false");
        assertThat(conf.contains("spark.executor.extraJavaOptions")).isFalse();
    }

    @Test
    void whatTheUserSaidStays() {
        SparkConf conf =
                SessionSetup.complete(conf().set("spark.master", "local[3]").set("spark.ui.enabled", "true"));
        assertThat(conf.get("spark.master")).isEqualTo("local[3]");
        assertThat(conf.get("spark.ui.enabled")).isEqualTo("true");
    }

    @Test
    void executorsGetOffHeapMemoryThreadsAndOptions() {
        SparkConf conf = SessionSetup.complete(conf().set("spark.master", "spark://host:7077")
                .set("spark.executor.memory", "4g")
                .set("spark.task.cpus", "2")
                .set("spark.executor.extraJavaOptions", "-Dmine=1 -Dorg.bytedeco.javacpp.maxbytes=1g"));
        assertThat(conf.get("spark.executor.memoryOverhead")).isEqualTo("4096m");
        assertThat(conf.get("spark.executorEnv.OMP_NUM_THREADS")).isEqualTo("2");
        assertThat(conf.get("spark.executorEnv.ORT_DISABLE_TELEMETRY")).isEqualTo("1");
        assertThat(conf.get("spark.executorEnv.MALLOC_TOP_PAD_")).isEqualTo("268435456");
        // 4096 heap + 4096 overhead is the container, and the whole process keeps within it.
        assertThat(conf.get("spark.executor.extraJavaOptions"))
                .startsWith("-Dmine=1 -Dorg.bytedeco.javacpp.maxbytes=1g ")
                .contains("--add-opens=java.base/java.nio=ALL-UNNAMED")
                .contains("-Dorg.eclipse.deeplearning4j.helpers.disable=false")
                .endsWith(" -Dorg.bytedeco.javacpp.maxphysicalbytes=8192m");
    }

    @Test
    void onlyMissingOptionsAreAdded() {
        assertThat(SessionSetup.withMissing("", List.of("-Da=1", "-Db=2"))).isEqualTo("-Da=1 -Db=2");
        assertThat(SessionSetup.withMissing("-Da=9", List.of("-Da=1", "-Db=2"))).isEqualTo("-Da=9 -Db=2");
    }

    @Test
    void theDoctorFindsThisMachineFit() {
        try (SparkSession session = SessionSetup.start("doctor's test")) {
            org.apache.hadoop.fs.Path root =
                    new org.apache.hadoop.fs.Path(directory.resolve("not/yet").toUri());
            List<Finding> findings = Doctor.examine(session, root);
            assertThat(findings)
                    .filteredOn(finding -> finding.level() == Finding.Level.WRONG)
                    .isEmpty();
            assertThat(findings)
                    .filteredOn(finding -> finding.check().equals("driver: oneDNN"))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.found()).startsWith("in use: "));
            assertThat(directory.resolve("not/yet")).isEmptyDirectory();
        }
    }

    @Test
    void theDoctorSaysWhyARootCannotBeWritten() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "not a directory");
        try (SparkSession session = SessionSetup.start("doctor's test")) {
            assertThat(Doctor.examine(session, new org.apache.hadoop.fs.Path(file.toUri())))
                    .filteredOn(finding -> finding.check().equals("root"))
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.level()).isEqualTo(Finding.Level.WRONG);
                        assertThat(finding.found()).contains(file.toString());
                        assertThat(finding.advice()).isEqualTo("choose another directory with --root");
                    });
        }
    }
}
