package io.retort.spark;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import org.apache.spark.internal.config.package$;
import org.apache.spark.rpc.RpcAddress;
import org.apache.spark.rpc.RpcEnv;
import scala.Option;

/**
 * The master of a cluster, examined before Spark is started: Spark tries one that does not answer for one minute
 * (standalone) to fifteen (YARN), and says so in lines that nobody reads.
 */
final class SparkMaster {
    /** For all addresses together; a master on this continent needs a thousandth of it. */
    static final Duration PATIENCE = Duration.ofSeconds(8);

    private static final String STANDALONE = "spark://";
    private static final String KUBERNETES = "k8s://";
    private static final int PORT_OF_STANDALONE = 7077;
    private static final int PORT_OF_YARN = 8032;

    private final SparkConf conf;
    private final Configuration hadoop;
    private final Duration patience;

    /** @param hadoop with {@code yarn-site.xml}, where there is one */
    SparkMaster(SparkConf conf, Configuration hadoop, Duration patience) {
        this.conf = conf;
        this.hadoop = hadoop;
        this.patience = patience;
    }

    /** Where a host listens, or would. */
    private record Address(String host, int port) {
        static Address of(String text, int usualPort) {
            try {
                URI uri = new URI("x://" + text);
                if (uri.getHost() != null) {
                    return new Address(uri.getHost(), uri.getPort() < 0 ? usualPort : uri.getPort());
                }
            } catch (URISyntaxException e) {
                // reported below
            }
            throw new IllegalArgumentException(
                    "spark.master must be spark://HOST:PORT, k8s://https://HOST:PORT, yarn or"
                            + " local[CORES], had the address '" + text + "'");
        }

        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    /**
     * Returns where one of the master's addresses answers, or where there is none: in local mode, and for a driver in
     * the cluster.
     *
     * @throws IllegalStateException where none does; the message has each address with its outcome
     */
    void requireAnswer() {
        String master = conf.get("spark.master", "local");
        List<Address> addresses = addresses(master);
        if (addresses.isEmpty() || conf.get("spark.submit.deployMode", "client").equals("cluster")) {
            return;
        }
        Duration each = patience.dividedBy(addresses.size());
        List<String> problems = new ArrayList<>();
        for (Address address : addresses) {
            Optional<String> problem = connectionProblem(address, each);
            if (problem.isEmpty() && master.startsWith(STANDALONE) && !conf.getBoolean("spark.authenticate", false)) {
                problem = registrationProblem(address, "Master", each);
            }
            if (problem.isEmpty()) {
                return;
            }
            problems.add(address + ": " + problem.get());
        }
        throw new IllegalStateException(
                "the master " + master + " does not answer (" + String.join("; ", problems) + "); " + remedy(master));
    }

    private List<Address> addresses(String master) {
        if (master.startsWith(STANDALONE)) {
            return List.of(master.substring(STANDALONE.length()).split(",")).stream()
                    .map(text -> Address.of(text, PORT_OF_STANDALONE))
                    .toList();
        }
        if (master.startsWith(KUBERNETES)) {
            String server = master.substring(KUBERNETES.length());
            return List.of(Address.of(server.replaceFirst("^https?://", ""), server.startsWith("http://") ? 80 : 443));
        }
        return master.equals("yarn") ? resourceManagers() : List.of();
    }

    /** As YARN's clients find them: one, or each of those that stand in for each other. */
    private List<Address> resourceManagers() {
        String key = "yarn.resourcemanager.address";
        String host = "yarn.resourcemanager.hostname";
        if (!hadoop.getBoolean("yarn.resourcemanager.ha.enabled", false)) {
            return List.of(Address.of(hadoop.get(key, hadoop.get(host, "0.0.0.0")), PORT_OF_YARN));
        }
        return hadoop.getTrimmedStringCollection("yarn.resourcemanager.ha.rm-ids").stream()
                .map(id -> hadoop.get(key + "." + id, hadoop.get(host + "." + id, "0.0.0.0")))
                .map(text -> Address.of(text, PORT_OF_YARN))
                .toList();
    }

    private static Optional<String> connectionProblem(Address address, Duration within) {
        InetSocketAddress resolved = new InetSocketAddress(address.host(), address.port());
        if (resolved.isUnresolved()) {
            return Optional.of("unknown host");
        }
        try (Socket socket = new Socket()) {
            socket.connect(resolved, Math.toIntExact(within.toMillis()));
            return Optional.empty();
        } catch (SocketTimeoutException e) {
            return Optional.of("no connection within " + words(within));
        } catch (ConnectException e) {
            return Optional.of("connection refused");
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Whether who listens there has an endpoint of Spark's by this name; a web page, say, has none. */
    Optional<String> registrationProblem(String host, int port, String endpoint) {
        return registrationProblem(new Address(host, port), endpoint, patience);
    }

    private Optional<String> registrationProblem(Address address, String endpoint, Duration within) {
        SparkConf own = conf.clone()
                .set("spark.rpc.lookupTimeout", within.toMillis() + "ms")
                .set("spark.rpc.askTimeout", within.toMillis() + "ms");
        SecurityManager security = new SecurityManager(own, Option.empty(), package$.MODULE$.AUTH_SECRET_FILE());
        RpcEnv environment = RpcEnv.create("retort-probe", "localhost", 0, own, security, true);
        try {
            environment.setupEndpointRef(new RpcAddress(address.host(), address.port()), endpoint);
            return Optional.empty();
        } catch (Exception e) { // Scala's checked ones come without a word
            return Optional.of("something listens there that is no Spark master of this version");
        } finally {
            environment.shutdown();
        }
    }

    private static String remedy(String master) {
        if (master.startsWith(STANDALONE)) {
            return "see that it runs, and that the address is the one that its log and its web page name, spark://HOST:PORT";
        }
        return master.equals("yarn")
                ? "see that the resource manager runs, and that HADOOP_CONF_DIR is the directory with its yarn-site.xml"
                : "see that the API server runs, and that the address is the one that `kubectl cluster-info` prints";
    }

    private static String words(Duration duration) {
        return duration.toMillis() < 1000 ? duration.toMillis() + " ms" : duration.toSeconds() + " s";
    }
}
