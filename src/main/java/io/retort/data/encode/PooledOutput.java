package io.retort.data.encode;

import io.retort.config.Names;
import io.retort.data.encode.EncodedModel.OutputReading;
import io.retort.data.tokenize.TokenBatch;
import io.retort.predict.Predictor.Outputs;
import io.retort.storage.Digest;
import java.util.List;

/**
 * An embedding of each row, out of an output {@code [rows, tokens, width]} with a vector for each token, or
 * {@code [rows, width]}.
 *
 * @param width of the embedding
 */
public record PooledOutput(String output, Pooling pooling, Scale scale, int width) implements OutputReading {
    /** What is made of the vectors of a row's tokens. */
    public enum Pooling {
        /** The output has one vector for a row. */
        NONE,
        /**
         * The mean over the row's tokens, special ones among them and padding not (Reimers and Gurevych 2019,
         * arXiv:1908.10084).
         */
        MEAN,
        /** The first token's, which models such as BERT train for it. */
        FIRST
    }

    /** How long embeddings are. */
    public enum Scale {
        NONE,
        /** Each is divided by its Euclidean length. */
        UNIT
    }

    @Override
    public List<String> outputs() {
        return List.of(output);
    }

    /** Of rows that are no texts, where all vectors count. */
    @Override
    public float[] read(Outputs outputs) {
        int each = outputs.width(output) / width;
        return pooled(outputs, each, row -> 0, row -> each);
    }

    @Override
    public float[] read(Outputs outputs, TokenBatch texts) {
        if (pooling == Pooling.NONE) {
            return read(outputs);
        }
        return pooled(
                outputs,
                texts.length(),
                texts::first,
                row -> texts.tokens().get(row).count());
    }

    /** A number for each row. */
    @FunctionalInterface
    private interface OfRow {
        int of(int row);
    }

    private float[] pooled(Outputs outputs, int each, OfRow first, OfRow count) {
        float[] vectors = outputs.of(output);
        if (pooling == Pooling.NONE && scale == Scale.NONE) {
            return vectors;
        }
        float[] pooled = new float[outputs.rows() * width];
        double[] sums = new double[width];
        for (int row = 0; row < outputs.rows(); row++) {
            int tokens = pooling == Pooling.MEAN ? count.of(row) : 1;
            int from = (row * each + first.of(row)) * width;
            double squares = 0;
            for (int i = 0; i < width; i++) {
                sums[i] = 0;
                for (int token = 0; token < tokens; token++) {
                    sums[i] += vectors[from + token * width + i];
                }
                sums[i] /= Math.max(1, tokens); // a text without any token is 0
                squares += sums[i] * sums[i];
            }
            double length = scale == Scale.UNIT ? Math.max(Math.sqrt(squares), Float.MIN_NORMAL) : 1;
            for (int i = 0; i < width; i++) {
                pooled[row * width + i] = (float) (sums[i] / length);
            }
        }
        return pooled;
    }

    @Override
    public boolean nodeByNode() {
        return false;
    }

    @Override
    public void addTo(Digest digest) {
        digest.add("pooled-output/1").add(output).add(Names.kebab(pooling)).add(Names.kebab(scale));
        digest.add(width);
    }
}
