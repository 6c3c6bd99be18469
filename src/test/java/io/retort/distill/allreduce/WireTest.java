package io.retort.distill.allreduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.distill.allreduce.AllReduce.GangFailedException;
import io.retort.distill.allreduce.Member.Party;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import org.apache.spark.internal.config.package$;
import org.apache.spark.network.client.RpcResponseCallback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import scala.Option;

/** Gangs of several JVMs, all of them in this one, but connected as if they were not. */
@Timeout(60)
class WireTest {
    private static final int LENGTH = 101;
    private static final Duration LONG = Duration.ofMinutes(1);

    private final List<Site> sites = new ArrayList<>();

    /** A JVM's gang and its connections. */
    private record Site(Gang gang, Wire wire, Frames frames) {}

    private static SparkConf plain() {
        return new SparkConf(false).set("spark.app.id", "app-1");
    }

    private Site site(SparkConf conf, List<Party> parties, int self, Duration patience, String secret) {
        SecurityManager security = new SecurityManager(conf, Option.empty(), package$.MODULE$.AUTH_SECRET_FILE());
        Wire wire = new Wire(conf, security, "127.0.0.1", patience);
        Frames frames = new Frames(secret, self);
        SlicedExchange exchange = new SlicedExchange(parties, self, LENGTH, patience, frames, wire);
        int lanes =
                parties.stream().mapToInt(party -> party.lanes().cardinality()).sum();
        Site site = new Site(new Gang(lanes, parties.get(self).lanes(), LENGTH, patience, exchange), wire, frames);
        sites.add(site);
        return site;
    }

    /** @param owners the JVM of each rank */
    private static List<Party> parties(List<Lanes> runs, int... owners) {
        List<Member> members = new ArrayList<>();
        for (int rank = 0; rank < runs.size(); rank++) {
            members.add(new Member("jvm-" + owners[rank], Integer.toString(owners[rank]), runs.get(rank), LENGTH));
        }
        Member.requireGang(members);
        return Party.of(members);
    }

    private static void connect(List<Site> all) {
        for (int self = 0; self < all.size(); self++) {
            Map<Integer, String> others = new HashMap<>();
            for (int other = 0; other < all.size(); other++) {
                if (other != self) {
                    others.put(other, all.get(other).wire().address());
                }
            }
            all.get(self).wire().connect(others);
        }
    }

    /** Two JVMs, one lane each. */
    private List<Site> pair(Duration patience) {
        List<Party> parties = parties(Gradients.runs(2, 2), 0, 1);
        List<Site> pair =
                List.of(site(plain(), parties, 0, patience, "secret"), site(plain(), parties, 1, patience, "secret"));
        connect(pair);
        return pair;
    }

    private static AllReduce rank(Site site, Lanes lanes) {
        return site.gang().rank(lanes, () -> {}, () -> {});
    }

    @AfterEach
    void close() {
        Gradients.together(sites.stream()
                        .map(site -> (Supplier<Boolean>) () -> {
                            site.gang().close();
                            return true;
                        })
                        .toList())
                .forEach(CompletableFuture::join);
    }

    @AfterAll
    static void noThreadIsLeft() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("retort-")) {
                thread.join(20_000);
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }

    /** Ranks of one JVM are neighbours, or not. */
    @ParameterizedTest
    @CsvSource({"2,01", "3,010", "5,0101", "8,00112233", "8,01230123", "8,01100110", "7,0123"})
    void severalJvmsHaveTheBitsOfThePlainSum(int lanes, String owners) {
        sumsAreRight(plain(), lanes, owners.chars().map(owner -> owner - '0').toArray(), 40);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void authenticationAndEncryptionOfTheClusterHold(String byKeys) {
        SparkConf conf = plain().set("spark.authenticate", "true")
                .set("spark.authenticate.secret", "the cluster's")
                .set("spark.network.crypto.enabled", byKeys)
                .set("spark.authenticate.enableSaslEncryption", "true");
        sumsAreRight(conf, 4, new int[] {0, 1, 0, 1}, 5);
    }

    private void sumsAreRight(SparkConf conf, int lanes, int[] owners, int steps) {
        List<Lanes> runs = Gradients.runs(lanes, owners.length);
        List<Party> parties = parties(runs, owners);
        List<Site> all = IntStream.range(0, parties.size())
                .mapToObj(self -> site(conf, parties, self, LONG, "secret"))
                .toList();
        connect(all);
        List<Supplier<List<float[]>>> works = new ArrayList<>();
        for (int rank = 0; rank < owners.length; rank++) {
            Lanes run = runs.get(rank);
            Site site = all.get(owners[rank]);
            works.add(() -> Gradients.steps(rank(site, run), run, steps, LENGTH));
        }
        List<float[]> expected = Gradients.sums(steps, lanes, LENGTH);
        for (CompletableFuture<List<float[]>> sums : Gradients.together(works)) {
            assertThat(sums.join()).containsExactlyElementsOf(expected);
        }
    }

    @Test
    void aRankThatAbortsEndsTheWaitingInOtherJvms() {
        List<Site> pair = pair(LONG);
        AllReduce waiting = rank(pair.get(0), new Lanes(2, 0, 1));
        waiting.add(0, new float[LENGTH]);
        Supplier<float[]> sum = waiting::sum;
        CompletableFuture<float[]> failed = Gradients.together(List.of(sum)).get(0);
        rank(pair.get(1), new Lanes(2, 1, 1)).abort(new IllegalStateException("no more memory"));
        assertThatThrownBy(failed::join)
                .cause()
                .isExactlyInstanceOf(GangFailedException.class)
                .hasMessage("executor 1 (lane 1): the rank of lane 1 failed: "
                        + "java.lang.IllegalStateException: no more memory");
    }

    @Test
    void aJvmThatIsGoneEndsTheWaiting() {
        List<Site> pair = pair(LONG);
        AllReduce waiting = rank(pair.get(0), new Lanes(2, 0, 1));
        waiting.add(0, new float[LENGTH]);
        Supplier<float[]> sum = waiting::sum;
        CompletableFuture<float[]> failed = Gradients.together(List.of(sum)).get(0);
        pair.get(1).wire().close(); // without a farewell, as a process that was killed
        assertThatThrownBy(failed::join)
                .cause()
                .isExactlyInstanceOf(GangFailedException.class)
                .hasMessageStartingWith("executor 1 (lane 1) ");
    }

    @Test
    void aJvmThatEndsEarlyEndsTheWaiting() {
        List<Site> pair = pair(LONG);
        AllReduce waiting = rank(pair.get(0), new Lanes(2, 0, 1));
        AllReduce ended = rank(pair.get(1), new Lanes(2, 1, 1));
        waiting.add(0, new float[LENGTH]);
        ended.add(1, new float[LENGTH]);
        ended.sum();
        pair.get(1).gang().close();
        waiting.sum();
        waiting.add(0, new float[LENGTH]);
        assertThatThrownBy(waiting::sum).hasMessage("executor 1 (lane 1) ended before step 1");
    }

    @Test
    void patienceRunsOutWithTheSilentExecutorNamedAndClosingDoesNotHang() {
        List<Site> pair = pair(Duration.ofMillis(100));
        AllReduce waiting = rank(pair.get(0), new Lanes(2, 0, 1));
        waiting.add(0, new float[LENGTH]);
        assertThatThrownBy(waiting::sum)
                .hasMessage("no sum of step 0 after 0 s: the vectors of executor 1 (lane 1) are missing");
    }

    @Test
    void aWrongSecretIsRefused() {
        List<Party> parties = parties(Gradients.runs(2, 2), 0, 1);
        List<Site> pair = List.of(
                site(plain(), parties, 0, LONG, "secret"),
                site(plain(), parties, 1, Duration.ofMillis(10), "another secret"));
        connect(pair);
        AllReduce asking = rank(pair.get(0), new Lanes(2, 0, 1));
        asking.add(0, new float[LENGTH]);
        assertThatThrownBy(asking::sum)
                .hasMessageStartingWith("executor 1 (lane 1) is gone in step 0: java.lang.IllegalArgumentException: "
                        + "refused a message of 256 bytes: it does not carry the secret of this gang");
    }

    /** Each is refused, and the sum that follows is right. */
    @Test
    void messagesThatDoNotFitAreRefusedAndChangeNothing() {
        List<Site> pair = pair(LONG);
        Site intruder = pair.get(0);
        Frames frames = intruder.frames();
        int slice = 4 * (LENGTH - LENGTH / 2);
        ByteBuffer damaged = frames.sealed(frames.blank(slice).position(Frames.HEADER + slice), Frames.Kind.PARTIAL, 0);
        damaged.put(Frames.HEADER + 7, (byte) 1);
        ByteBuffer early = frames.sealed(frames.blank(slice).position(Frames.HEADER + slice), Frames.Kind.PARTIAL, 1);
        ByteBuffer shorter = frames.sealed(frames.blank(slice).position(Frames.HEADER + 8), Frames.Kind.PARTIAL, 0);
        ByteBuffer ownNumber = new Frames("secret", 1).of(Frames.Kind.LEAVE, 0, "");
        ByteBuffer noNumber = new Frames("secret", 2).of(Frames.Kind.LEAVE, 0, "");
        ByteBuffer unasked = frames.of(Frames.Kind.TOTAL, 0, "");
        ByteBuffer text = ByteBuffer.wrap("GET / HTTP/1.1".getBytes(StandardCharsets.UTF_8));
        assertThat(refusal(intruder, damaged)).contains("it was damaged on its way");
        assertThat(refusal(intruder, early)).contains("does not fit: PARTIAL of sender 0, step 1, with " + slice);
        assertThat(refusal(intruder, shorter)).contains("does not fit: PARTIAL of sender 0, step 0, with 8 bytes");
        assertThat(refusal(intruder, ownNumber)).contains("does not fit: LEAVE of sender 1");
        assertThat(refusal(intruder, noNumber)).contains("does not fit: LEAVE of sender 2");
        assertThat(refusal(intruder, unasked)).contains("does not fit: TOTAL of sender 0");
        assertThat(refusal(intruder, text)).contains("a message of 14 bytes: it does not carry the secret");
        List<Supplier<List<float[]>>> works = List.of(
                () -> Gradients.steps(rank(pair.get(0), new Lanes(2, 0, 1)), new Lanes(2, 0, 1), 2, LENGTH),
                () -> Gradients.steps(rank(pair.get(1), new Lanes(2, 1, 1)), new Lanes(2, 1, 1), 2, LENGTH));
        for (CompletableFuture<List<float[]>> sums : Gradients.together(works)) {
            assertThat(sums.join().get(1)).isEqualTo(Gradients.sum(1, 0, 2, LENGTH));
        }
    }

    private static String refusal(Site from, ByteBuffer message) {
        CompletableFuture<String> refusal = new CompletableFuture<>();
        from.wire().ask(1, message, new RpcResponseCallback() {
            @Override
            public void onSuccess(ByteBuffer answer) {
                refusal.complete("none");
            }

            @Override
            public void onFailure(Throwable cause) {
                refusal.complete(cause.getMessage());
            }
        });
        return refusal.join();
    }
}
