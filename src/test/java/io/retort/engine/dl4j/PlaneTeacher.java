package io.retort.engine.dl4j;

import java.io.File;
import java.io.IOException;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Made src/test/resources/teachers/dl4j-plane.zip: output 0 for x0 + 2 x1 > x2 of normal numbers, output 1 otherwise. */
final class PlaneTeacher {
    private PlaneTeacher() {}

    public static void main(String[] args) throws IOException {
        NativeBackend.configure();
        MultiLayerNetwork network = Dl4jPredictorTest.dense(Activation.SOFTMAX, LossFunction.MCXENT);
        Nd4j.getRandom().setSeed(1);
        for (int step = 0; step < 500; step++) {
            INDArray rows = Nd4j.randn(64, 3);
            INDArray labels = Nd4j.zeros(64, 2);
            for (int i = 0; i < 64; i++) {
                boolean above = rows.getDouble(i, 0) + 2 * rows.getDouble(i, 1) > rows.getDouble(i, 2);
                labels.putScalar(i, above ? 0 : 1, 1);
            }
            network.fit(rows, labels);
        }
        ModelSerializer.writeModel(network, new File(args[0]), false);
    }
}
