package io.retort.compress.prune;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.Pictures;
import io.retort.compress.Stages;
import io.retort.compress.prune.ChannelPruning.Measure;
import io.retort.compress.prune.ChannelPruning.Scope;
import io.retort.compress.prune.ChannelPruning.Target;
import io.retort.data.Labels;
import io.retort.data.Samples;
import io.retort.distill.Engine;
import io.retort.distill.Optimizer;
import io.retort.distill.loss.CrossEntropyLoss;
import io.retort.distill.loss.Objective;
import io.retort.distill.loss.Signals.SignalLayout;
import io.retort.distill.schedule.LearningRate;
import io.retort.engine.Batch;
import io.retort.engine.dl4j.Dl4jNetwork;
import io.retort.network.InputScaling;
import io.retort.network.Network;
import io.retort.network.Structure;
import io.retort.network.zoo.ConvNet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Training with a penalty of BatchNorm's scales, then pruning by those scales (Liu et al. 2017, arXiv:1708.06519). */
class NetworkSlimmingTest {
    private static final int SAMPLES = 256;
    private static final int BATCH = 32;
    private static final int EPOCHS = 40;
    private static final Samples TRAIN = Pictures.of(SAMPLES, 0);
    private static final Samples OTHERS = Pictures.of(SAMPLES, 50_000);
    private static final Structure STRUCTURE = new ConvNet(List.of("cbr16", "cbr16", "max"))
            .build(Pictures.SCHEMA.shape(), Pictures.SCHEMA.classes())
            .withScaling(new InputScaling(List.of(128.0), List.of(64.0)));
    private static final SignalLayout SIGNALS = new SignalLayout(Pictures.SCHEMA.classes(), false);

    private static Network trained(double lambda) {
        Dl4jNetwork network = Dl4jNetwork.of(
                        Network.initialised(STRUCTURE, 1),
                        new Optimizer.Sgd()
                                .create(new LearningRate(0.1, 0, new LearningRate.Decay.Constant()).over(1000)),
                        0,
                        new Objective(List.of(new CrossEntropyLoss.Settings(1, 0)), SIGNALS))
                .penalisingScales(lambda);
        for (int step = 0; step < EPOCHS * SAMPLES / BATCH; step++) {
            int from = step * BATCH % SAMPLES;
            float[] features = raw(TRAIN, from, BATCH);
            STRUCTURE.scaling().apply(features, STRUCTURE.input());
            int[] labels = TRAIN.labels().classes(from, BATCH);
            network.step(new Batch(features, SIGNALS.packed(Labels.ofClasses(labels), Optional.empty()), BATCH));
        }
        return network.network();
    }

    private static float[] raw(Samples samples, int from, int count) {
        int elements = STRUCTURE.input().elements();
        float[] features = new float[count * elements];
        for (int i = 0; i < count; i++) {
            samples.copyFeatures(from + i, features, i * elements);
        }
        return features;
    }

    private static double sumOfScales(Network network) {
        double sum = 0;
        for (String name : network.parameters().keySet()) {
            if (name.endsWith("/scale")) {
                for (float scale : network.parameter(name).values()) {
                    sum += Math.abs(scale);
                }
            }
        }
        return sum;
    }

    /** Mean cross-entropy in nats. */
    private static double loss(Network network) {
        float[] logits = Engine.AUTO.computing(network, computed -> computed.logits(raw(OTHERS, 0, SAMPLES), SAMPLES));
        int classes = STRUCTURE.classes();
        double sum = 0;
        for (int i = 0; i < SAMPLES; i++) {
            double whole = 0;
            for (int c = 0; c < classes; c++) {
                whole += Math.exp(logits[i * classes + c]);
            }
            sum += Math.log(whole) - logits[i * classes + OTHERS.labels().classOf(i)];
        }
        return sum / SAMPLES;
    }

    private static double lostByPruning(Network network) {
        ChannelPruning.Settings half = new ChannelPruning.Settings(
                0.5,
                Target.CHANNELS,
                Scope.LAYER,
                new SensitivityScan.Settings(1, List.of()),
                Measure.BATCH_NORM_SCALE,
                1,
                1,
                1,
                List.of(),
                Stages.training(),
                0,
                Optional.empty(),
                Stages.NO_FLOOR);
        Network narrow =
                half.create().compress(network, Stages.context(network)).network();
        return loss(narrow) - loss(network);
    }

    @Test
    void thePenaltyMakesScalesSmallerAndPruningByThemLessDear() {
        Network free = trained(0);
        Network slim = trained(0.02);
        assertThat(sumOfScales(slim)).isLessThan(0.7 * sumOfScales(free));
        assertThat(loss(slim)).as("has learned").isLessThan(0.5 * Math.log(STRUCTURE.classes()));
        assertThat(lostByPruning(slim)).isLessThan(lostByPruning(free));
    }
}
