package io.retort.engine.dl4j.layer;

import io.retort.engine.dl4j.kernel.EmbeddingKernel;
import io.retort.engine.dl4j.kernel.Floats;
import io.retort.network.TokenLayer;
import java.nio.FloatBuffer;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reads token ids {@code [batch, length]}, each with a row of a table {@code [ids, dimension]}. */
public final class FusedEmbedding extends FusedLayer {
    private static final long serialVersionUID = 1L;

    /** How a text's rows are joined. */
    private enum Rows {
        /** They stand side by side: {@code [batch, 1, length, dimension]}. */
        BESIDE,
        /** Their mean, {@code [batch, dimension]}. */
        MEAN
    }

    private final transient Rows rows;
    private final int padding;

    private FusedEmbedding(NeuralNetConfiguration configuration, DataType type, Rows rows, int padding) {
        super(configuration, type);
        this.rows = rows;
        this.padding = padding;
    }

    public static FusedConfiguration of(TokenLayer.Embedding layer) {
        return of(layer, Rows.BESIDE);
    }

    public static FusedConfiguration of(TokenLayer.EmbeddingBag layer) {
        return of(layer, Rows.MEAN);
    }

    private static FusedConfiguration of(TokenLayer layer, Rows rows) {
        int ids = layer.vocabulary().size();
        // a bias in DL4J's eyes, so without weight decay
        ParameterSlot table = new ParameterSlot(
                TokenLayer.TABLE, ParameterSlot.Kind.BIAS, List.of((long) ids, (long) layer.dimension()), 0);
        return FusedConfiguration.of(
                ids,
                layer.dimension(),
                List.of(table),
                (configuration, type) -> new FusedEmbedding(
                        configuration, type, rows, layer.vocabulary().padding()));
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        long batch = input.size(0);
        int[] ids = ids();
        int length = ids.length / Math.toIntExact(batch);
        EmbeddingKernel kernel = new EmbeddingKernel(length, outputs(), padding);
        FloatBuffer table = Floats.of(params.get(TokenLayer.TABLE));
        if (rows == Rows.MEAN) {
            INDArray out = activations(workspaces, batch, outputs());
            kernel.means(table, ids, Floats.of(out));
            return out;
        }
        INDArray out = activations(workspaces, batch, 1, length, outputs());
        kernel.rows(table, ids, Floats.of(out));
        return out;
    }

    /** There is no gradient by ids. */
    @Override
    INDArray backward(INDArray outGradient, LayerWorkspaceMgr workspaces) {
        int[] ids = ids();
        EmbeddingKernel kernel = new EmbeddingKernel(ids.length / Math.toIntExact(input.size(0)), outputs(), padding);
        INDArray view = gradientViews.get(TokenLayer.TABLE);
        view.assign(0); // it still holds the step before's
        if (rows == Rows.MEAN) {
            kernel.addMeansGradient(Floats.of(outGradient), ids, Floats.of(view));
        } else {
            kernel.addRowsGradient(Floats.of(outGradient), ids, Floats.of(view));
        }
        return null;
    }

    /** The input's ids, which arrive as floats: exact up to 2²⁴, far more than there are. */
    private int[] ids() {
        return EmbeddingKernel.ids(Floats.values(in()), inputs());
    }
}
