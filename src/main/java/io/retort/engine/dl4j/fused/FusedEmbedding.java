package io.retort.engine.dl4j.fused;

import io.retort.engine.dl4j.fused.Slot.Kind;
import io.retort.network.TokenLayer;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** DL4J configuration of a layer that reads token ids {@code [batch, length]}, each with a row of a table {@code [ids, dimension]}. */
public final class FusedEmbedding extends FusedConfiguration {
    private static final long serialVersionUID = 1L;

    /** What becomes of a text's rows. */
    enum Rows {
        /** They stand side by side: {@code [batch, 1, length, dimension]}. */
        BESIDE,
        /** Their mean, {@code [batch, dimension]}. */
        MEAN
    }

    @JsonProperty
    private Rows rows = Rows.BESIDE;

    /** For DL4J's JSON. */
    public FusedEmbedding() {}

    public static FusedEmbedding of(TokenLayer.Embedding layer) {
        return of(layer, Rows.BESIDE);
    }

    public static FusedEmbedding of(TokenLayer.EmbeddingBag layer) {
        return of(layer, Rows.MEAN);
    }

    private static FusedEmbedding of(TokenLayer layer, Rows rows) {
        FusedEmbedding configuration = new FusedEmbedding();
        configuration.setNIn(layer.vocabulary().size());
        configuration.setNOut(layer.dimension());
        configuration.rows = rows;
        return configuration;
    }

    Rows rows() {
        return rows;
    }

    /** Without weight decay. */
    @Override
    List<Slot> slots() {
        return List.of(new Slot(TokenLayer.TABLE, Kind.BIAS, List.of(getNIn(), getNOut()), 0));
    }

    @Override
    List<Object> settings() {
        return List.of(rows);
    }

    @Override
    BaseLayer<?> newLayer(NeuralNetConfiguration configuration, DataType type) {
        return new FusedEmbeddingLayer(configuration, type);
    }
}
