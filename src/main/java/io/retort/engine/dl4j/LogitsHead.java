package io.retort.engine.dl4j;

import java.util.Collection;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * DL4J configuration of the end of a graph: its output is the logits as they come in, its loss any {@link ILossFunction} of them.
 *
 * <p>It differs from DL4J's {@code LossLayer} in three ways. The gradient that it sends back is that of the batch <em>mean</em>, so the graph is
 * configured with {@code miniBatch(false)}; the score is the mean loss alone, without the norm of the weights; and it leaves the labels to
 * their owner, while DL4J's frees their memory after each step.
 */
public final class LogitsHead extends LossLayer {
    private static final long serialVersionUID = 1L;

    /** For DL4J's JSON. */
    public LogitsHead() {}

    static LogitsHead of(ILossFunction loss) {
        LogitsHead head = new LogitsHead();
        head.setLossFn(loss);
        head.setActivationFn(new ActivationIdentity());
        return head;
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration configuration,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialise,
            DataType type) {
        LogitsHeadLayer layer = new LogitsHeadLayer(configuration, type);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(configuration, parameters, initialise));
        layer.setConf(configuration);
        return layer;
    }

    @Override
    public LogitsHead clone() {
        return (LogitsHead) super.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LogitsHead && super.equals(other);
    }

    @Override
    protected boolean canEqual(Object other) {
        return other instanceof LogitsHead;
    }

    @Override
    public int hashCode() {
        return Objects.hash(LogitsHead.class, super.hashCode());
    }
}
