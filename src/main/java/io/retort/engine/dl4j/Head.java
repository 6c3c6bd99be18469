package io.retort.engine.dl4j;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * DL4J configuration of an end of a graph, whose output is what comes in.
 *
 * <p>It differs from DL4J's {@code LossLayer} in three ways. The gradient that it sends back is that of the batch <em>mean</em>, so the graph is
 * configured with {@code miniBatch(false)}; the score is the mean loss alone, without the norm of the weights; and it leaves the labels to
 * their owner, while DL4J's frees their memory after each step.
 */
public abstract class Head extends LossLayer {
    private static final long serialVersionUID = 1L;

    Head() {
        setActivationFn(new ActivationIdentity());
    }

    abstract HeadLayer newLayer(NeuralNetConfiguration configuration, DataType type);

    @Override
    public final Layer instantiate(
            NeuralNetConfiguration configuration,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialise,
            DataType type) {
        HeadLayer layer = newLayer(configuration, type);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(configuration, parameters, initialise));
        layer.setConf(configuration);
        return layer;
    }

    @Override
    protected final boolean canEqual(Object other) {
        return other != null && other.getClass() == getClass();
    }
}
