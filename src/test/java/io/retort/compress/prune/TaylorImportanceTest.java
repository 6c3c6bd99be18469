package io.retort.compress.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.retort.Pictures;
import io.retort.compress.Calibration;
import io.retort.compress.Compressor;
import io.retort.compress.Stages;
import io.retort.data.Samples;
import io.retort.distill.Engine;
import io.retort.network.Layer;
import io.retort.network.Layer.Activate;
import io.retort.network.Layer.Bias;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.RandomNetworks;
import io.retort.network.Structure;
import io.retort.network.Window;
import io.retort.network.zoo.ConvNet;
import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TaylorImportanceTest {
    private static final int BATCH = 64; // one batch, so that the sum of squares has one term
    private static final Samples SAMPLES = Pictures.of(BATCH, 0);

    /** Does the work where it is asked for. */
    private static final class Here implements Calibration {
        @Override
        public <S extends Serializable, R extends Serializable> List<R> perPortion(
                S shared, int samples, Work<S, R> work) {
            return List.of(work.on(shared, SAMPLES));
        }

        @Override
        public long available() {
            return BATCH;
        }
    }

    @Test
    void isTheSquareOfWhatTheLossGainsByScalingAChannel() {
        Structure structure = Structure.from(Pictures.SCHEMA.shape())
                .then("conv", new Layer.Conv(3, Window.same(3), Bias.PER_CHANNEL))
                .then("tanh", new Activate(Activate.Function.TANH))
                .then("average", new Layer.GlobalAveragePool())
                .then("logits", new Layer.Dense(Pictures.SCHEMA.classes(), Bias.NONE))
                .build();
        Network network = Stages.trained(RandomNetworks.of(structure, 1), 2);
        ChannelDependencies layout = ChannelDependencies.of(network.structure());
        Map<Integer, Double> scores = scores(network, Engine.ONEDNN);
        int[] units = layout.units("conv");
        double h = 1e-2;
        for (int channel = 0; channel < 3; channel++) {
            double slope = (loss(scaled(network, channel, 1 + h)) - loss(scaled(network, channel, 1 - h))) / (2 * h);
            assertThat(Math.sqrt(scores.get(units[channel]))).isCloseTo(Math.abs(slope), within(2e-4));
        }
    }

    @Test
    void theEngineThatIsChosenComputes() {
        Network network = RandomNetworks.of(
                new ConvNet(List.of("cbr16")).build(Pictures.SCHEMA.shape(), Pictures.SCHEMA.classes()), 1);
        Map<Integer, Double> byOneDnn = scores(network, Engine.ONEDNN);
        Map<Integer, Double> byDl4j = scores(network, Engine.DL4J);
        assertThat(byOneDnn).as("other bits").isNotEqualTo(byDl4j);
        double greatest = Collections.max(byDl4j.values());
        byOneDnn.forEach((unit, score) -> assertThat(score).isCloseTo(byDl4j.get(unit), within(1e-4 * greatest)));
    }

    private static Map<Integer, Double> scores(Network network, Engine engine) {
        return new TaylorImportance()
                .scores(
                        network,
                        ChannelDependencies.of(network.structure()),
                        new Compressor.Context(network, Mask.none(), 1, 1, 1, new Here(), engine));
    }

    /** The filter and bias of a channel times a factor. */
    private static Network scaled(Network network, int channel, double factor) {
        Network scaled = network;
        for (String name : List.of("conv/weight", "conv/bias")) {
            float[] values = network.parameter(name).values().clone();
            int each = values.length / 3;
            for (int i = channel * each; i < (channel + 1) * each; i++) {
                values[i] = (float) (values[i] * factor);
            }
            scaled = Stages.with(scaled, name, values);
        }
        return scaled;
    }

    private static double loss(Network network) {
        int elements = Pictures.SCHEMA.shape().elements();
        float[] raw = new float[BATCH * elements];
        for (int i = 0; i < BATCH; i++) {
            SAMPLES.copyFeatures(i, raw, i * elements);
        }
        float[] logits = Engine.AUTO.computing(network, computed -> computed.logits(raw, BATCH));
        int classes = Pictures.SCHEMA.classes();
        double sum = 0;
        for (int i = 0; i < BATCH; i++) {
            double whole = 0;
            for (int c = 0; c < classes; c++) {
                whole += Math.exp(logits[i * classes + c]);
            }
            sum += Math.log(whole) - logits[i * classes + SAMPLES.labels().classOf(i)];
        }
        return sum / BATCH;
    }
}
