package io.retort.engine.dl4j.fused;

import io.retort.network.TokenLayer;
import java.nio.FloatBuffer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What {@link FusedEmbedding} configures. */
final class FusedEmbeddingLayer extends FusedLayer<FusedEmbedding> {
    private static final long serialVersionUID = 1L;

    FusedEmbeddingLayer(NeuralNetConfiguration configuration, DataType type) {
        super(configuration, type);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        long batch = input.size(0);
        int[] ids = ids();
        int length = ids.length / Math.toIntExact(batch);
        TableKernel kernel = new TableKernel(length, dimension());
        FloatBuffer table = Floats.of(params.get(TokenLayer.TABLE));
        if (layerConf().rows() == FusedEmbedding.Rows.MEAN) {
            INDArray out = activations(workspaces, batch, dimension());
            kernel.means(table, ids, Floats.of(out));
            return out;
        }
        INDArray out = activations(workspaces, batch, 1, length, dimension());
        kernel.rows(table, ids, Floats.of(out));
        return out;
    }

    /** There is no gradient by ids. */
    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        INDArray outGradient = Floats.contiguous(epsilon);
        int[] ids = ids();
        TableKernel kernel = new TableKernel(ids.length / Math.toIntExact(input.size(0)), dimension());
        INDArray view = gradientViews.get(TokenLayer.TABLE);
        view.assign(0); // it still holds the step before's
        if (layerConf().rows() == FusedEmbedding.Rows.MEAN) {
            kernel.addMeansGradient(Floats.of(outGradient), ids, Floats.of(view));
        } else {
            kernel.addRowsGradient(Floats.of(outGradient), ids, Floats.of(view));
        }
        Gradient gradient = new DefaultGradient();
        gradient.setGradientFor(TokenLayer.TABLE, view);
        return new Pair<>(gradient, null);
    }

    private int dimension() {
        return Math.toIntExact(layerConf().getNOut());
    }

    /** The input's ids, which arrive as floats: exact up to 2²⁴, far more than there are. */
    private int[] ids() {
        INDArray in = Floats.contiguous(input);
        float[] values = new float[Math.toIntExact(in.length())];
        Floats.of(in).get(0, values);
        return TableKernel.ids(values, layerConf().getNIn());
    }
}
