package io.retort.engine.dl4j;

import io.retort.network.Network;
import java.io.IOException;
import java.io.OutputStream;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Writes a network as a zip of stock DL4J layers. */
final class StockZip {
    private StockZip() {}

    static void write(Network network, OutputStream out) throws IOException {
        NativeBackend.configure();
        GraphPlan plan = GraphPlan.of(
                network.structure(),
                Flavour.STOCK,
                new GraphPlan.Training(new NoOp(), 0),
                new org.deeplearning4j.nn.conf.layers.LossLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .build());
        ModelSerializer.writeModel(
                TrainableNetwork.withParameters(network, plan).graph(), out, false);
    }
}
