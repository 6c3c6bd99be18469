package io.retort.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.scaling.SubmitSettings.DeployMode;
import io.retort.scaling.SubmitSettings.Manager;
import io.retort.scaling.SubmitSettings.Request;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class SubmitSettingsTest {
    private static Properties settings(Manager manager, DeployMode mode, Map<String, String> given) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(
                SubmitSettings.of(SmallWorkload.synchronous(), new Request(manager, mode, 4, 2, 1), given)
                        .text()));
        return properties;
    }

    @Test
    void tellsYarnOfExecutorsTheirMemoryAndTheirThreads() throws IOException {
        Properties settings = settings(Manager.YARN, DeployMode.CLIENT, Map.of());
        assertThat(settings)
                .containsEntry("spark.executor.instances", "4")
                .containsEntry("spark.executor.cores", "2")
                .containsEntry("spark.executor.memory", "1024m")
                .containsEntry("spark.executor.memoryOverhead", "1024m") // 256 of arrays and 768 of all else
                .containsEntry("spark.executorEnv.OMP_NUM_THREADS", "1")
                .containsEntry(
                        "spark.executor.extraJavaOptions",
                        "-Dorg.bytedeco.javacpp.maxbytes=256m -Dorg.bytedeco.javacpp.maxphysicalbytes=2048m")
                .doesNotContainKey("spark.driver.extraJavaOptions")
                .doesNotContainKey("spark.cores.max");
    }

    @Test
    void aStandaloneClusterIsToldItsCores() throws IOException {
        assertThat(settings(Manager.STANDALONE, DeployMode.CLIENT, Map.of()))
                .containsEntry("spark.cores.max", "8")
                .doesNotContainKey("spark.executor.instances");
    }

    @Test
    void aDriverInTheClusterIsToldAllThatTheLauncherTellsOneBesideIt() throws IOException {
        Properties yarn = settings(Manager.YARN, DeployMode.CLUSTER, Map.of());
        assertThat(yarn).containsEntry("spark.yarn.appMasterEnv.OMP_NUM_THREADS", "1");
        assertThat(yarn).containsEntry("spark.yarn.appMasterEnv.ORT_DISABLE_TELEMETRY", "1");
        assertThat(yarn).containsEntry("spark.yarn.maxAppAttempts", "1");
        assertThat(yarn.getProperty("spark.driver.extraJavaOptions"))
                .contains("--add-opens=java.base/java.nio=ALL-UNNAMED", "-Dorg.bytedeco.javacpp.maxbytes=");
        assertThat(settings(Manager.KUBERNETES, DeployMode.CLUSTER, Map.of()))
                .containsEntry("spark.kubernetes.driverEnv.OMP_NUM_THREADS", "1");
    }

    @Test
    void theRecipeHasTheLastWord() throws IOException {
        Map<String, String> given = Map.of("spark.executor.memory", "4g", "spark.kubernetes.namespace", "models");
        assertThat(settings(Manager.KUBERNETES, DeployMode.CLUSTER, given))
                .containsEntry("spark.executor.memory", "4g")
                .containsEntry("spark.kubernetes.namespace", "models")
                .containsEntry(
                        "spark.executor.extraJavaOptions",
                        "-Dorg.bytedeco.javacpp.maxbytes=256m -Dorg.bytedeco.javacpp.maxphysicalbytes=5120m");
    }

    @Test
    void secretsDoNotTravelInAFile() {
        Map<String, String> given = Map.of("spark.hadoop.fs.s3a.secret.key", "abc");
        assertThatThrownBy(() -> settings(Manager.YARN, DeployMode.CLUSTER, given))
                .hasMessage(
                        "spark: spark.hadoop.fs.s3a.secret.key is a secret, and the recipe of a driver in the cluster travels as a"
                                + " file; take it out and use a credential provider (spark.hadoop.hadoop.security.credential.provider.path),"
                                + " the cluster's own identity, or --deploy-mode client");
    }

    @Test
    void localFilesAreRefusedWhereContainersAreOnOtherMachines() {
        List<String> places = List.of("data.train is on a local file system: file:/data/images.gz");
        assertThatThrownBy(() -> SharedStorage.require(places, Manager.KUBERNETES))
                .hasMessage(
                        "data.train is on a local file system: file:/data/images.gz\n"
                                + "Executors on Kubernetes open these themselves, on machines of their own. Put them on storage that all see,"
                                + " such as hdfs: or s3a:, or say --shared-files where every machine and pod mounts them at that place.");
        SharedStorage.require(places, Manager.STANDALONE);
    }

    @Test
    void mastersAreKnownByTheirBeginning() {
        assertThat(Manager.of("k8s://https://host:6443")).isEqualTo(Manager.KUBERNETES);
        assertThat(Manager.of("spark://host:7077")).isEqualTo(Manager.STANDALONE);
        assertThatThrownBy(() -> Manager.of("mesos://host"))
                .hasMessage("master must be local[N], spark://HOST:PORT, yarn or k8s://URL, was 'mesos://host'");
    }
}
