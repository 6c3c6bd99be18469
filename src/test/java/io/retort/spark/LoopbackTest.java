package io.retort.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** In local mode nobody else can reach this process. */
class LoopbackTest {
    static final String PROC = "/proc/self/net/tcp";

    static boolean hasProc() {
        return Files.exists(Path.of(PROC));
    }

    @Test
    @EnabledIf("hasProc")
    void listensOnLoopbackOnlyEvenWithTheUi() throws IOException {
        LocalSpark.session().stop(); // another test's, perhaps
        Set<String> before = listening();
        // The build sets SPARK_LOCAL_IP for tests, as the launcher does.
        try (SparkSession session =
                SessionSetup.start("loopback", Map.of("spark.ui.enabled", "true", "spark.ui.port", "0"))) {
            assertThat(session.sparkContext().uiWebUrl().get()).startsWith("http://127.0.0.1:");
            Set<String> now = listening();
            now.removeAll(before);
            assertThat(now).isNotEmpty().allMatch(address -> address.startsWith("127.0.0.1:"));
        }
    }

    @Test
    void refusesAUiThatEverybodyCouldReach() {
        SparkConf conf = new SparkConf(false).set("spark.master", "local[2]").set("spark.ui.enabled", "true");
        assertThatThrownBy(() -> SessionSetup.requireAddressForUi(conf, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "spark.ui.enabled: in local mode the UI would listen on every network interface; set the environment variable"
                                + " SPARK_LOCAL_IP to 127.0.0.1, as submit-scripts/retort does, or to the address that you mean");
        SessionSetup.requireAddressForUi(conf, Map.of("SPARK_LOCAL_IP", "127.0.0.1"));
        SessionSetup.requireAddressForUi(conf.clone().set("spark.ui.enabled", "false"), Map.of());
        SessionSetup.requireAddressForUi(conf.clone().set("spark.master", "yarn"), Map.of());
    }

    /** The addresses and ports on which this process accepts connections. */
    private static Set<String> listening() throws IOException {
        Set<String> own = ownSockets();
        Set<String> addresses = new TreeSet<>();
        for (String file : List.of(PROC, PROC + "6")) {
            if (!Files.exists(Path.of(file))) {
                continue;
            }
            for (String line : Files.readAllLines(Path.of(file))) {
                String[] fields = line.strip().split("\\s+", -1);
                if (fields.length > 9 && fields[3].equals("0A") && own.contains("socket:[" + fields[9] + "]")) {
                    String[] local = fields[1].split(":", -1);
                    addresses.add(address(local[0]) + ":" + Integer.parseInt(local[1], 16));
                }
            }
        }
        return addresses;
    }

    /** Of a kernel's hexadecimal form, whose four-byte words are little-endian; IPv4 in IPv6 as IPv4. */
    private static String address(String hex) {
        String last = hex.substring(hex.length() - 8);
        boolean mapped = hex.length() == 8 || hex.startsWith("0000000000000000FFFF0000");
        if (!mapped) {
            return "IPv6 " + hex;
        }
        return Stream.of(6, 4, 2, 0)
                .map(at -> Integer.toString(Integer.parseInt(last.substring(at, at + 2), 16)))
                .collect(Collectors.joining("."));
    }

    private static Set<String> ownSockets() throws IOException {
        Set<String> sockets = new TreeSet<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                try {
                    sockets.add(Files.readSymbolicLink(descriptor).toString());
                } catch (IOException e) {
                    // closed meanwhile
                }
            }
        }
        return sockets;
    }
}
