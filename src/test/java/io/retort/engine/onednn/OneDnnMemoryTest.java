package io.retort.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.retort.distill.loss.CrossEntropyLoss;
import io.retort.distill.loss.Objective;
import io.retort.distill.loss.Signals.SignalLayout;
import io.retort.distill.loss.SoftTargetLoss;
import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork.Precision;
import io.retort.engine.onednn.Program.ProgramPlan;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.zoo.ConvNet;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.learning.config.Adam;

class OneDnnMemoryTest {
    private static final int CLASSES = 10;
    private static final Structure TEACHER = new ConvNet.W1Teacher().build(Shape.image(1, 28, 28), CLASSES);
    private static final Structure STUDENT = new ConvNet.W1Student().build(Shape.image(1, 28, 28), CLASSES);

    private static OneDnnNetwork network(Structure structure) {
        Objective objective = new Objective(
                List.of(new CrossEntropyLoss.Settings(0.3, 0), new SoftTargetLoss.Settings(0.7, 3)),
                new SignalLayout(CLASSES, true));
        return OneDnnNetwork.of(
                Network.initialised(structure, 1), Precision.FLOAT32, new Adam(0.001), 0, objective, List.of());
    }

    private static Batch batch(int size) {
        float[] features = new float[size * 28 * 28];
        float[] targets = new float[size * (1 + CLASSES)];
        for (int i = 0; i < features.length; i++) {
            features[i] = i % 7 - 3;
        }
        for (int i = 0; i < targets.length; i++) {
            targets[i] = i % (1 + CLASSES) == 0 ? i % CLASSES : i % 5;
        }
        return new Batch(features, targets, size);
    }

    @Test
    void aTrainingHasTheBytesThatArePlanned() {
        for (Structure structure : List.of(TEACHER, STUDENT)) {
            long planned = OneDnnNetwork.trainingBytes(structure, Precision.FLOAT32, List.of(), 48, 128);
            try (OneDnnNetwork network = network(structure)) {
                network.step(batch(48));
                network.step(batch(17)); // the last of an epoch
                network.beginStatistics();
                network.observe(batch(128).features(), 128);
                assertThat(network.nativeBytes()).isEqualTo(planned);
            }
        }
    }

    @Test
    void thePlannedBytesAreTheMostOfWhatTheProcessGetsMore() {
        try (OneDnnNetwork first = network(TEACHER)) {
            first.step(batch(64)); // code and constants that all networks share
            long before = Pointer.physicalBytes();
            try (OneDnnNetwork network = network(TEACHER)) {
                network.step(batch(64));
                long planned = OneDnnNetwork.trainingBytes(TEACHER, Precision.FLOAT32, List.of(), 64, 64);
                assertThat(planned).isGreaterThan(20L << 20);
                assertThat(Pointer.physicalBytes() - before).isCloseTo(planned, within(planned / 2));
            }
        }
    }

    @Test
    void observingNeedsLessThanTraining() {
        long training = ProgramPlan.of(TEACHER, List.of(), Tape.Mode.TRAINING, Precision.FLOAT32, 128)
                .bytes();
        assertThat(ProgramPlan.of(TEACHER, List.of(), Tape.Mode.OBSERVING, Precision.FLOAT32, 128)
                        .bytes())
                .isLessThan(training / 2);
    }

    @Test
    void aStepAllocatesNothingThatGrowsWithTheNetworkOrItsInput() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Batch batch = batch(64);
        try (OneDnnNetwork network = network(STUDENT)) {
            float[] gradient = new float[network.gradientLength()];
            for (int i = 0; i < 3; i++) { // whatever is made once
                network.gradient(batch, 1, gradient);
                network.update(gradient);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10; i++) {
                network.gradient(batch, 1, gradient);
                network.update(gradient);
            }
            long each = (threads.getCurrentThreadAllocatedBytes() - before) / 10;
            // signals of 64 rows as the losses take them, 21 doubles each, and small change
            assertThat(each).isLessThan(32 << 10);
        }
    }
}
