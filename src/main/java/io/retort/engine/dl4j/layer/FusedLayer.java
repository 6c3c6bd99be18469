package io.retort.engine.dl4j.layer;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What Retort's layers have in common. */
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

    static Pair<Gradient, INDArray> noParameters(INDArray inputGradient) {
        return new Pair<>(new DefaultGradient(), inputGradient);
    }
}
