package io.retort.run.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimeLeftTest {
    private final List<String> said = new ArrayList<>();
    private Instant now = Instant.EPOCH;
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final TimeLeft timeLeft = new TimeLeft(clock, new Progress() {
        @Override
        public Stage begin(String name, String unit, long total) {
            return Progress.silent().begin(name, unit, total);
        }

        @Override
        public void say(String line) {}

        @Override
        public void together(String sentence) {
            said.add(sentence);
        }
    });

    @Test
    @SuppressWarnings("try") // one ends before the others
    void isThatOfAllWorkAtTheRateOfAll() {
        try (TimeLeft.Training alone = timeLeft.training(50)) {
            alone.begins();
            now = now.plusSeconds(1000);
            alone.did(1);
        }
        try (TimeLeft.Training first = timeLeft.training(100);
                TimeLeft.Training second = timeLeft.training(200);
                TimeLeft.Training waiting = timeLeft.training(300)) {
            first.begins();
            second.begins();
            second.skips(0.5);
            now = now.plusSeconds(10);
            first.did(0.5); // 50 in 10 s; 50, 100 and 300 are left
            second.did(0.25); // 100 in 10 s; 50, 50 and 300 are left
            first.did(0.5);
            first.close();
            waiting.begins();
            now = now.plusSeconds(10);
            second.did(0.25); // 200 in 20 s; 300 are left
        }
        assertThat(said)
                .startsWith(
                        "",
                        "",
                        "2 trainings under way, 1 to follow: 1 min 30 s left",
                        "2 trainings under way, 1 to follow: 40 s left",
                        "2 trainings under way, 1 to follow: 23 s left",
                        "1 training under way, 1 to follow: 23 s left",
                        "2 trainings under way: 30 s left")
                .endsWith("");
    }
}
