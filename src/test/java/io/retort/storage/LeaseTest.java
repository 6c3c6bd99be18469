package io.retort.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.storage.LeaseFiles.Content;
import io.retort.storage.LeaseFiles.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LeaseTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2031-01-02T12:00:00Z"), ZoneOffset.UTC);
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    private Path directory;

    private final Storage storage = Storage.of(new Configuration());

    private Lease acquire(Duration period, Duration patience) {
        return Lease.acquire(storage, path(), "work", new Lease.Terms(period, patience), NOON);
    }

    private org.apache.hadoop.fs.Path path() {
        return new org.apache.hadoop.fs.Path("file:" + directory.resolve("lock"));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("lock"))) {
            return files.sorted().toList();
        }
    }

    @Test
    void isRefusedToASecondUntilItIsGivenBack() throws Exception {
        try (Lease first = acquire(LONG, Duration.ZERO)) {
            assertThat(first.number()).isEqualTo(1);
            first.requireHeld();
            assertThatThrownBy(() -> acquire(LONG, Duration.ZERO))
                    .isInstanceOf(Lease.HeldException.class)
                    .hasMessage(path() + " is held by " + LeaseHolder.current()
                            + " since 2031-01-02T12:00:00Z (work); wait for it to end, or allow a longer wait");
            assertThat(Lease.holder(storage, path())).contains(LeaseHolder.current());
        }
        assertThat(Lease.holder(storage, path())).isEmpty();
        try (Lease second = acquire(LONG, Duration.ZERO)) {
            assertThat(second.number()).isEqualTo(2);
        }
        assertThat(files()).containsExactly(directory.resolve("lock/000000000002.json"));
    }

    @Test
    void oneAtATimeHoldsItHoweverManyTry() throws Exception {
        int threads = 8;
        int turns = 6;
        AtomicInteger inside = new AtomicInteger();
        List<Long> numbers = Collections.synchronizedList(new ArrayList<>());
        Callable<Void> worker = () -> {
            for (int turn = 0; turn < turns; turn++) {
                try (Lease lease = acquire(Duration.ofSeconds(2), Duration.ofMinutes(1))) {
                    assertThat(inside.incrementAndGet()).isEqualTo(1);
                    numbers.add(lease.number());
                    lease.requireHeld();
                    inside.decrementAndGet();
                }
            }
            return null;
        };
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Void>> results = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                results.add(pool.submit(worker));
            }
            for (Future<Void> result : results) {
                result.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(numbers).hasSize(threads * turns).isSorted().doesNotHaveDuplicates();
        assertThat(files()).hasSize(1);
    }

    @Test
    void ofAKilledProcessIsFreeAtOnce() throws Exception {
        try (LeaseHolderProcess other = LeaseHolderProcess.start(directory.resolve("lock"), LONG)) {
            assertThatThrownBy(() -> acquire(LONG, Duration.ZERO))
                    .isInstanceOf(Lease.HeldException.class)
                    .hasMessageContaining("is held by process " + other.pid())
                    .hasMessageContaining("(the other's work)");
            other.killAndWait();
            assertThat(Lease.holder(storage, path())).isEmpty();
            try (Lease lease = acquire(LONG, Duration.ZERO)) {
                assertThat(lease.number()).isEqualTo(2);
            }
        }
    }

    @Test
    void ofAStoppedProcessIsTakenAfterAPeriodAndTheProcessNoticesWhenItWakesUp() throws Exception {
        try (LeaseHolderProcess other = LeaseHolderProcess.start(directory.resolve("lock"), SHORT)) {
            assertThat(other.ask()).isEqualTo("held");
            other.signal("STOP");
            try (Lease lease = acquire(SHORT, Duration.ofMinutes(1))) {
                other.signal("CONT");
                assertThat(other.ask())
                        .isEqualTo(
                                "the lease " + path() + " was lost to " + LeaseHolder.current()
                                        + " (work), because this process did not renew it for 0.3s; nothing is published. Start again");
                lease.requireHeld();
            }
        }
    }

    @Test
    void ofAnotherMachineIsLeftAloneWhileItMayBeAlive() throws Exception {
        leftByAnotherMachine(LONG);
        assertThatThrownBy(() -> acquire(SHORT, Duration.ZERO)).isInstanceOf(Lease.HeldException.class);
    }

    @Test
    void ofAnotherMachineIsTakenWhenItRanOutAndStandsStill() throws Exception {
        Path file = leftByAnotherMachine(SHORT);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
        try (Lease lease = acquire(SHORT, Duration.ZERO)) {
            assertThat(lease.number()).isEqualTo(2);
        }
    }

    @Test
    void ofAnotherMachineIsTakenThoughAClockWasSetBack() throws Exception {
        Path file = leftByAnotherMachine(SHORT);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plus(Duration.ofDays(1))));
        try (Lease lease = acquire(SHORT, Duration.ZERO)) {
            assertThat(lease.number()).isEqualTo(2);
        }
    }

    @Test
    void thatLooksOldIsNotTakenFromAHolderWhoRenewsIt() throws Exception {
        try (Lease first = acquire(Duration.ofSeconds(1), Duration.ZERO)) {
            Files.setLastModifiedTime(
                    files().get(0), FileTime.from(Instant.now().minus(Duration.ofDays(1))));
            assertThatThrownBy(() -> acquire(LONG, Duration.ZERO)).isInstanceOf(Lease.HeldException.class);
            first.requireHeld();
        }
    }

    @Test
    void thatWasNeverWrittenToItsEndIsTakenAfterAPeriod() throws Exception {
        Files.createDirectories(directory.resolve("lock"));
        Files.createFile(directory.resolve("lock/000000000007.json"));
        try (Lease lease = acquire(SHORT, Duration.ofMinutes(1))) {
            assertThat(lease.number()).isEqualTo(8);
        }
    }

    @Test
    void whoIsLateWithALowerNumberDoesNotHoldIt() {
        try (Lease lease = acquire(LONG, Duration.ZERO)) {
            lease.requireHeld();
            LeaseFiles files = new LeaseFiles(storage, path());
            assertThat(files.create(3, content(LONG, LeaseHolder.current()))).isTrue();
            assertThatThrownBy(lease::requireHeld).isInstanceOf(Lease.LostException.class);
        }
    }

    private Path leftByAnotherMachine(Duration period) throws IOException {
        LeaseHolder far = new LeaseHolder("elsewhere", "another boot", 4711, "1");
        new LeaseFiles(storage, path()).create(1, content(period, far));
        return files().get(0);
    }

    private static Content content(Duration period, LeaseHolder holder) {
        return new Content(State.HELD, holder, "far work", "2031-01-02T11:00:00Z", period.toMillis(), 17);
    }
}
