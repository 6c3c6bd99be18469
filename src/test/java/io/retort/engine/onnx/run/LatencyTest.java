package io.retort.engine.onnx.run;

import io.retort.network.zoo.ConvNet.W1Teacher;
import io.retort.network.zoo.ConvNet.W1Student;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.engine.onnx.write.OnnxModel;
import io.retort.engine.onnx.write.OnnxModelTest;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
    void measuresInBoundedTime() {
        byte[] model = w1(new W1Student().build(Shape.image(1, 28, 28), 10));
        long start = System.nanoTime();
        Latency latency = Latency.of(model);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        assertThat(latency.p50Millis()).isPositive().isLessThanOrEqualTo(latency.p99Millis());
        assertThat(latency.throughputPerSecond()).isPositive();
    }

    /** The teacher has fifty times the MACs of the student; a factor of two is far from what a busy machine can turn round. */
    @Test
    void aModelBesideAFasterOne() {
        byte[] student = w1(new W1Student().build(Shape.image(1, 28, 28), 10));
        byte[] teacher = w1(new W1Teacher().build(Shape.image(1, 28, 28), 10));
        LatencyRatio slower = LatencyRatio.of(teacher, student);
        assertThat(slower.p50()).isGreaterThan(2);
        assertThat(slower.throughput()).isPositive().isLessThan(0.5);
    }

    private static byte[] w1(Structure structure) {
        Network network = Network.initialised(structure, 1);
        return OnnxModel.bytes(network, OnnxModelTest.names(network), Map.of());
    }
}
