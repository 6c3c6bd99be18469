package io.retort.engine.dl4j.layer;

import io.retort.engine.dl4j.kernel.Floats;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A layer of Retort's own. */
abstract class FusedLayer extends BaseLayer<FusedConfiguration> {
    private static final long serialVersionUID = 1L;

    FusedLayer(NeuralNetConfiguration configuration, DataType type) {
        super(configuration, type);
    }

    @Override
    public final boolean isPretrainLayer() {
        return false;
    }

    @Override
    public final boolean hasBias() {
        return !layerConf().initializer().biasKeys(layerConf()).isEmpty();
    }

    /** The channels that come in. */
    final int inputs() {
        return Math.toIntExact(layerConf().getNIn());
    }

    /** The channels that go out. */
    final int outputs() {
        return Math.toIntExact(layerConf().getNOut());
    }

    static INDArray activations(LayerWorkspaceMgr workspaces, long... shape) {
        return workspaces.createUninitialized(ArrayType.ACTIVATIONS, DataType.FLOAT, shape, 'c');
    }

    static INDArray gradients(LayerWorkspaceMgr workspaces, long... shape) {
        return workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, DataType.FLOAT, shape, 'c');
    }

    /** The input, row-major without gaps. */
    final INDArray in() {
        return Floats.contiguous(input);
    }

    /**
     * Returns the gradient by the input, null where there is none, and writes those by the parameters to their views.
     *
     * @param outGradient by the output, row-major without gaps
     */
    abstract INDArray backward(INDArray outGradient, LayerWorkspaceMgr workspaces);

    @Override
    public final Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        INDArray inGradient = backward(Floats.contiguous(epsilon), workspaces);
        Gradient gradient = new DefaultGradient();
        for (ParameterSlot slot : layerConf().slots()) {
            gradient.setGradientFor(slot.key(), gradientViews.get(slot.key()));
        }
        return new Pair<>(gradient, inGradient);
    }
}
