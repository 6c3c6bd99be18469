package io.retort.engine.dl4j;

import io.retort.engine.Logits;
import io.retort.network.InputScaling;
import io.retort.network.Network;
import io.retort.network.Shape;
import java.util.Arrays;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** A network's logits as DL4J computes them, from raw features: the reference for what was exported. */
public final class Dl4jLogits implements Logits {
    private final TrainableNetwork network;
    private final Shape input;
    private final InputScaling scaling;

    private Dl4jLogits(TrainableNetwork network, Shape input, InputScaling scaling) {
        this.network = network;
        this.input = input;
        this.scaling = scaling;
    }

    public static Dl4jLogits of(Network network) {
        return new Dl4jLogits(
                TrainableNetwork.of(network, new NoOp(), 0, new LossMCXENT()),
                network.structure().input(),
                network.structure().scaling());
    }

    @Override
    public float[] logits(float[] rawFeatures, int batch) {
        float[] scaled = Arrays.copyOf(rawFeatures, batch * input.elements());
        scaling.apply(scaled, input);
        return network.logits(Batch.features(scaled, input, batch))
                .dup('c')
                .data()
                .asFloat();
    }
}
