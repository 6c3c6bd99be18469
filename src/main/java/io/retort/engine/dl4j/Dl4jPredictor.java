package io.retort.engine.dl4j;

import io.retort.predict.BatchTensor;
import io.retort.predict.OutputKind;
import io.retort.predict.Predictor;
import io.retort.predict.Predictor.Inputs;
import io.retort.predict.Predictor.Outputs;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.storage.ArtifactException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network of DL4J out of a zip, in inference mode, with one input and one output. It answers one batch at a time, for
 * a network of DL4J keeps the values of its layers.
 */
public final class Dl4jPredictor implements Predictor {
    /** What its output is called here. */
    public static final String OUTPUT = "output";

    private final Dl4jFile file;

    private Dl4jPredictor(Dl4jFile file) {
        this.file = file;
    }

    /**
     * Opens a file.
     *
     * @throws ArtifactException that names the file, where there is no such network in it
     */
    public static Dl4jPredictor open(Path zip) {
        return new Dl4jPredictor(Dl4jFile.read(zip));
    }

    @Override
    public List<TensorSpec> inputs() {
        return List.of(file.input());
    }

    /** The width is known when it has answered. */
    @Override
    public List<TensorSpec> outputs() {
        return List.of(new TensorSpec(OUTPUT, file.input().type(), List.of(TensorSpec.OPEN, TensorSpec.OPEN)));
    }

    /** What the activation of the last layer makes its output. */
    public OutputKind outputKind() {
        return file.output();
    }

    public long parameters() {
        return file.model().numParams();
    }

    @Override
    public synchronized Outputs predict(Inputs inputs) {
        BatchTensor tensor = inputs.tensors().get(Dl4jFile.INPUT);
        float[] values = new float[inputs.rows() * tensor.rowElements()];
        tensor.bytes(0, inputs.rows()).asFloatBuffer().get(values);
        long[] sizes = LongStream.concat(
                        LongStream.of(inputs.rows()), tensor.rowSizes().stream().mapToLong(Integer::longValue))
                .toArray();
        try {
            INDArray batch = Nd4j.createFromArray(values).reshape(sizes);
            INDArray answer = file.model() instanceof MultiLayerNetwork layers
                    ? layers.output(batch, false)
                    : ((ComputationGraph) file.model()).outputSingle(false, batch);
            if (answer.rank() != 2) {
                throw new ArtifactException("the network of DL4J gives an output of the sizes "
                        + Arrays.toString(answer.shape()) + ", and must give a value for each class");
            }
            return new Outputs(
                    inputs.rows(), Map.of(OUTPUT, answer.dup('c').data().asFloat()));
        } catch (RuntimeException e) {
            throw e instanceof ArtifactException
                    ? e
                    : new ArtifactException("the network of DL4J failed on a batch: " + e.getMessage(), e);
        }
    }

    @Override
    public synchronized void close() {
        // its arrays are freed with it
    }
}
