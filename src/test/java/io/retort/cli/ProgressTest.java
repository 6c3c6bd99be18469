package io.retort.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.retort.cli.ProgressBars.LiveLines;
import io.retort.run.progress.Progress;
import io.retort.run.progress.ProgressLines;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    void aStageOfUnknownLengthHasNoShareAndNoTimeLeft() {
        try (Progress.Stage stage = progress.begin("shard train", "rows", Progress.UNKNOWN)) {
            now = Instant.EPOCH.plusSeconds(10);
            stage.advance(50_000);
            now = Instant.EPOCH.plusSeconds(11);
            stage.advance(5_000);
        }
        assertThat(lines)
                .containsExactly(
                        "shard train: rows",
                        "shard train: 50,000 rows, 5,000 rows/s",
                        "shard train: ended with 55,000 rows after 11 s, 5,000 rows/s");
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
    void aStageOfFewLongUnitsTellsTheTimeLeftAlone() {
        try (Progress.Stage stage = progress.begin("fit teacher", "models", 6)) {
            now = Instant.EPOCH.plusSeconds(90);
            stage.advance(1);
            now = Instant.EPOCH.plusSeconds(540);
            stage.advance(5);
        }
        assertThat(lines)
                .containsExactly(
                        "fit teacher: 6 models",
                        "fit teacher: 1 of 6 models (16 %), 7 min 30 s left",
                        "fit teacher: ended with 6 models after 9 min 0 s");
    }

    @Test
    void tellsSeveralStagesApartAndHowTheyStandTogether() {
        Progress.Stage student = progress.begin("train w1 seed 1", "images", 40_000);
        Progress.Stage baseline = progress.begin("train w1 seed 1 baseline", "images", 40_000);
        for (int second = 2; second <= 8; second += 2) {
            now = Instant.EPOCH.plusSeconds(second);
            student.advance(10_000);
            baseline.advance(5_000);
            progress.together("2 trainings under way: " + (16 - second) + " s left");
        }
        progress.together("");
        student.close();
        assertThat(lines)
                .containsExactly(
                        "train w1 seed 1: 40,000 images",
                        "train w1 seed 1 baseline: 40,000 images",
                        "2 trainings under way: 14 s left",
                        "train w1 seed 1: 30,000 of 40,000 images (75 %), 5,000 images/s, 2 s left",
                        "train w1 seed 1 baseline: 15,000 of 40,000 images (37 %), 2,500 images/s, 10 s left",
                        "2 trainings under way: 8 s left",
                        "train w1 seed 1: ended with 40,000 images after 8 s, 5,000 images/s");
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

    @Test
    void severalBarsAreRedrawnBelowWhatStays() {
        ByteArrayOutputStream drawn = new ByteArrayOutputStream();
        LiveLines live = new LiveLines(new PrintStream(drawn, true, UTF_8));
        LiveLines.Line student = live.begin();
        LiveLines.Line baseline = live.begin();
        live.say("labels: 30 shards labelled");
        student.show("w1  10%");
        baseline.show("w1 baseline   5%");
        live.below("2 trainings under way: 9 s left");
        student.show("w1  90%");
        assertThat(screen(drawn))
                .containsExactly(
                        "labels: 30 shards labelled", "w1  90%", "w1 baseline   5%", "2 trainings under way: 9 s left");
        live.say("w2: trained before, taken from the store");
        student.show("w1 100%");
        student.end();
        live.below("");
        assertThat(screen(drawn))
                .containsExactly(
                        "labels: 30 shards labelled",
                        "w2: trained before, taken from the store",
                        "w1 100%",
                        "w1 baseline   5%");
        baseline.end();
        live.say("done");
        assertThat(screen(drawn))
                .endsWith("w1 100%", "w1 baseline   5%", "done")
                .hasSize(5);
    }

    @Test
    void ofManyBarsTheFirstAreShown() {
        ByteArrayOutputStream drawn = new ByteArrayOutputStream();
        LiveLines live = new LiveLines(new PrintStream(drawn, true, UTF_8));
        for (int number = 1; number <= 11; number++) {
            live.begin().show("training " + number);
        }
        LiveLines.Line late = live.begin();
        assertThat(screen(drawn)).hasSize(9).startsWith("training 1").endsWith("training 8", "... and 3 more");
        live.leave();
        live.say("stopped; start it again");
        late.show("an update that comes too late");
        assertThat(screen(drawn)).hasSize(10).endsWith("... and 3 more", "stopped; start it again");
    }

    /** What a terminal shows of it: rows, with the cursor below them. */
    private static List<String> screen(ByteArrayOutputStream drawn) {
        Matcher parts = Pattern.compile("\u001b\\[(\\d+)A\u001b\\[J|\u001b\\[\\?7[lh]|([^\\n\u001b]*)\\n")
                .matcher(drawn.toString(UTF_8));
        List<String> rows = new ArrayList<>();
        int end = 0;
        while (parts.find()) {
            assertThat(parts.start()).as("all is understood").isEqualTo(end);
            end = parts.end();
            if (parts.group(1) != null) {
                int from = rows.size() - Integer.parseInt(parts.group(1));
                rows.subList(from, rows.size()).clear();
            } else if (parts.group(2) != null) {
                rows.add(parts.group(2));
            }
        }
        assertThat(drawn.toString(UTF_8)).hasSize(end);
        return rows;
    }
}
