package io.retort.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.retort.pipeline.Progress;
import io.retort.pipeline.ProgressLines;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final List<String> lines = new ArrayList<>();
    private Instant now = Instant.EPOCH;
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final Progress progress = new ProgressLines(lines::add, clock, Duration.ofSeconds(5));

    @Test
    void saysNowAndThenHowFarAStageIs() {
        try (Progress.Stage stage = progress.begin("label", "samples", 60_000)) {
            for (int second = 1; second <= 12; second++) {
                now = Instant.EPOCH.plusSeconds(second);
                stage.advance(5_000);
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
        try (Progress.Stage stage = progress.begin("train", "samples", 100_000)) {
            stage.skip(50_000);
            stage.note("loss 0.5");
            now = Instant.EPOCH.plusSeconds(100);
            stage.advance(10_000);
            now = Instant.EPOCH.plusSeconds(4000);
        }
        assertThat(lines)
                .containsExactly(
                        "train: 100,000 samples",
                        "train: 60,000 of 100,000 samples (60 %), 100 samples/s, 6 min 40 s left, loss 0.5",
                        "train: ended with 60,000 of 100,000 samples after 1 h 6 min, 3 samples/s, loss 0.5");
    }

    @Test
    void aStageWithNothingToDoIsLegal() {
        progress.begin("label", "samples", 0).close();
        assertThat(lines).containsExactly("label: 0 samples", "label: ended with 0 samples after 0 s");
    }

    @Test
    void drawsABarOnATerminal() {
        ByteArrayOutputStream drawn = new ByteArrayOutputStream();
        Progress bars = new ProgressBars(new PrintStream(drawn, true, UTF_8));
        try (Progress.Stage stage = bars.begin("label", "samples", 60_000)) {
            stage.advance(60_000);
        }
        assertThat(drawn.toString(UTF_8)).contains("label 100% [=").contains("60000/60000 samples");
    }
}
