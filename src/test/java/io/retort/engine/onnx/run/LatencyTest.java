package io.retort.engine.onnx.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.engine.onnx.run.Latency.LatencyRatio;
import io.retort.engine.onnx.run.Latency.TimedBatch;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatencyTest {
    @Test
    void takesTheNearestRank() {
        double[] sorted = {1, 2, 3, 4};
        assertThat(Latency.percentile(sorted, 50)).isEqualTo(2);
        assertThat(Latency.percentile(sorted, 75)).isEqualTo(3);
        assertThat(Latency.percentile(sorted, 99)).isEqualTo(4);
        assertThat(Latency.percentile(new double[] {7}, 1)).isEqualTo(7);
    }

    @Test
    void modelsThatAreAskedInTurnTakeTheSumOfTheirTimes() {
        // 100 and 300 samples a second take 1/100 and 1/300 of a second for one: 4/300 together, 75 a second
        Latency both = Latency.inTurn(List.of(new Latency(1, 2, 100), new Latency(3, 5, 300)));
        assertThat(both.p50Millis()).isEqualTo(4);
        assertThat(both.p99Millis()).isEqualTo(7);
        assertThat(both.throughputPerSecond()).isCloseTo(75, within(1e-9));
    }

    @Test
    void isMeasuredByTheMedianOfSingleRowsAndOfLargeBatches() {
        // A row takes 2 ms and each third one 5 ms; a batch of 128 takes 256 ms, that is 500 rows a second.
        long[] now = {0};
        int[] calls = {0};
        Latency latency = Latency.of(
                batch -> new TimedBatch(
                        () -> now[0] += millis(batch == 1 && ++calls[0] % 3 == 0 ? 5 : 2 * batch), () -> now[0]),
                Latency.Effort.FULL);
        assertThat(latency).isEqualTo(new Latency(2, 5, 500));
        assertThat(now[0]).isLessThan(millis(3000)); // 650 ms of single rows, and three large batches twice
    }

    @Test
    void ofAModelWhoseLargeBatchesWouldTakeMinutesIsThatOfItsRows() {
        // A row takes 100 ms, so that a batch of 128 would take more than ten seconds, three of them twice.
        long[] now = {0};
        Latency latency = Latency.of(
                batch -> new TimedBatch(() -> now[0] += millis(100L * batch), () -> now[0]), Latency.Effort.FULL);
        assertThat(latency).isEqualTo(new Latency(100, 100, 10));
        assertThat(now[0]).isLessThan(millis(1000));
    }

    @Test
    void aRatioIsThatOfTheTimesOfATurn() {
        // The clock slows both down from turn to turn, as other work on the machine does.
        long[] now = {0};
        double[] load = {1};
        TimedBatch slow = new TimedBatch(() -> now[0] += (long) (millis(6) * (load[0] *= 1.001)), () -> now[0]);
        TimedBatch fast = new TimedBatch(() -> now[0] += (long) (millis(2) * load[0]), () -> now[0]);
        assertThat(LatencyRatio.ratio(slow, fast, Latency.Effort.FULL.turn())).isCloseTo(3, within(0.01));
        assertThat(LatencyRatio.ratio(fast, slow, Latency.Effort.FULL.turn())).isCloseTo(1.0 / 3, within(0.01));
    }

    private static long millis(long millis) {
        return 1_000_000 * millis;
    }
}
