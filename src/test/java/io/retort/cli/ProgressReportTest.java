package io.retort.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.retort.cli.ProgressReport.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressReportTest {
    private final List<String> lines = new ArrayList<>();
    private final SteppedClock clock = new SteppedClock();
    private final ProgressReport report = ProgressReport.inLines(lines::add, clock, Duration.ofSeconds(5));

    @Test
    void saysNowAndThenHowFarAStageIs() {
        try (Progress progress = report.begin("label", "samples", 0, 60_000)) {
            for (int second = 1; second <= 12; second++) {
                clock.now = Instant.EPOCH.plusSeconds(second);
                progress.advanceTo(5_000L * second);
            }
        }
        assertThat(lines)
                .containsExactly(
                        "label: 60,000 samples",
                        "label: 25,000 of 60,000 samples (41 %), 5,000 samples/s, 7 s left",
                        "label: 50,000 of 60,000 samples (83 %), 5,000 samples/s, 2 s left",
                        "label: ended with 60,000 samples after 12 s, 5,000 samples/s");
    }

    @Test
    void whatAnEarlierAttemptDidDoesNotCountInTheRate() {
        try (Progress progress = report.begin("train", "samples", 50_000, 100_000)) {
            clock.now = Instant.EPOCH.plusSeconds(100);
            progress.advanceTo(60_000);
            clock.now = Instant.EPOCH.plusSeconds(4000);
        }
        assertThat(lines)
                .containsExactly(
                        "train: 100,000 samples, of which 50,000 are done",
                        "train: 60,000 of 100,000 samples (60 %), 100 samples/s, 6 min 40 s left",
                        "train: ended with 60,000 of 100,000 samples after 1 h 6 min, 3 samples/s");
    }

    @Test
    void aStageWithNothingToDoIsLegal() {
        report.begin("label", "samples", 0, 0).close();
        assertThat(lines).containsExactly("label: 0 samples", "label: ended with 0 samples after 0 s");
    }

    @Test
    void drawsABarOnATerminal() {
        ByteArrayOutputStream drawn = new ByteArrayOutputStream();
        try (Progress progress =
                ProgressReport.onTerminal(new PrintStream(drawn, true, UTF_8)).begin("label", "samples", 0, 60_000)) {
            progress.advanceTo(60_000);
        }
        assertThat(drawn.toString(UTF_8)).contains("label 100% [=").contains("60000/60000 samples");
    }

    private static final class SteppedClock extends Clock {
        private Instant now = Instant.EPOCH;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
