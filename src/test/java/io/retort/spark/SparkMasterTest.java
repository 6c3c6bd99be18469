package io.retort.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.rpc.RpcAddress;
import org.junit.jupiter.api.Test;

class SparkMasterTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    private final Configuration hadoop = new Configuration(false);

    private void require(String master) {
        new SparkMaster(new SparkConf(false).set("spark.master", master), hadoop, SHORT).requireAnswer();
    }

    /** A port of the loopback on which nobody listens. */
    private static int closedPort() throws IOException {
        try (ServerSocket socket = listener()) {
            return socket.getLocalPort();
        }
    }

    private static ServerSocket listener() throws IOException {
        return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    @Test
    void namesAMasterThatIsNotThere() throws IOException {
        int port = closedPort();
        assertThatThrownBy(() -> require("spark://127.0.0.1:" + port))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the master spark://127.0.0.1:" + port + " does not answer (127.0.0.1:" + port
                        + ": connection refused); see that it runs, and that the address is the one that its log and its web"
                        + " page name, spark://HOST:PORT");
    }

    @Test
    void namesEveryMasterOfSeveral() throws IOException {
        int one = closedPort();
        assertThatThrownBy(() -> require("spark://127.0.0.1:" + one + ",no-such-host.invalid:7077"))
                .hasMessageContaining(
                        "(127.0.0.1:" + one + ": connection refused; no-such-host.invalid:7077: unknown host)");
    }

    @Test
    void isNotContentWithAnyListener() throws IOException {
        try (ServerSocket mute = listener()) {
            assertThatThrownBy(() -> require("spark://127.0.0.1:" + mute.getLocalPort()))
                    .hasMessageContaining(": something listens there that is no Spark master of this version)");
        }
    }

    @Test
    void findsAnEndpointOfSpark() {
        LocalSpark.context();
        RpcAddress driver = SparkEnv.get().rpcEnv().address();
        SparkMaster master = new SparkMaster(SparkEnv.get().conf(), hadoop, Duration.ofSeconds(30));
        assertThat(master.registrationProblem(driver.host(), driver.port(), "HeartbeatReceiver"))
                .isEmpty();
    }

    @Test
    void looksForTheResourceManagerWhereYarnSiteSaysItIs() throws IOException {
        int one = closedPort();
        int two = closedPort();
        hadoop.set("yarn.resourcemanager.address", "127.0.0.1:" + one);
        assertThatThrownBy(() -> require("yarn"))
                .hasMessage("the master yarn does not answer (127.0.0.1:" + one
                        + ": connection refused); see that the resource manager runs, and that HADOOP_CONF_DIR is the directory"
                        + " with its yarn-site.xml");
        hadoop.set("yarn.resourcemanager.ha.enabled", "true");
        hadoop.set("yarn.resourcemanager.ha.rm-ids", "a, b");
        hadoop.set("yarn.resourcemanager.address.a", "127.0.0.1:" + one);
        hadoop.set("yarn.resourcemanager.address.b", "127.0.0.1:" + two);
        assertThatThrownBy(() -> require("yarn")).hasMessageContaining("127.0.0.1:" + one, "127.0.0.1:" + two);
        try (ServerSocket standby = listener()) {
            hadoop.set("yarn.resourcemanager.address.b", "127.0.0.1:" + standby.getLocalPort());
            assertThatCode(() -> require("yarn")).doesNotThrowAnyException();
        }
    }

    @Test
    void asksAnApiServerOfKubernetes() throws IOException {
        int port = closedPort();
        assertThatThrownBy(() -> require("k8s://https://127.0.0.1:" + port))
                .hasMessageStartingWith("the master k8s://https://127.0.0.1:" + port + " does not answer (127.0.0.1:"
                        + port + ": connection refused); see that the API server runs");
    }

    @Test
    void asksNobodyWhereThereIsNobodyToAsk() throws IOException {
        assertThatCode(() -> require("local[2]")).doesNotThrowAnyException();
        SparkConf inside = new SparkConf(false).set("spark.master", "yarn").set("spark.submit.deployMode", "cluster");
        hadoop.set("yarn.resourcemanager.address", "127.0.0.1:" + closedPort());
        assertThatCode(() -> new SparkMaster(inside, hadoop, SHORT).requireAnswer())
                .doesNotThrowAnyException();
    }

    @Test
    void saysWhatAnAddressIs() {
        assertThatThrownBy(() -> require("spark://"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "spark.master must be spark://HOST:PORT, k8s://https://HOST:PORT, yarn or local[CORES], had the"
                                + " address ''");
    }
}
