package io.retort.ml;

import io.retort.engine.onnx.run.ForeignModel;
import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.engine.onnx.run.OnnxPredictor.Kinds;
import io.retort.engine.onnx.run.OnnxSession.Optimisation;
import io.retort.predict.Model;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.ModelFiles;
import io.retort.predict.ModelStore;
import io.retort.predict.Predictor;
import io.retort.predict.Predictor.Inputs;
import io.retort.predict.Predictor.Outputs;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.predict.RowBatch;
import io.retort.storage.Digest;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * An ONNX model that is given its inputs by their names, as executors open it.
 *
 * <p>Of each input a {@link RowBatch} holds, under the input's
 * name, a text for each row, or exactly as many numbers for each row.
 *
 * @param outputs that it gives, in this order
 */
record NamedModel(Origin origin, ArrayList<String> outputs) implements ModelHandle {
    /** Where the model is. */
    sealed interface Origin extends Serializable {
        OnnxPredictor open(List<String> outputs, int threads);

        String digest();

        /** A small model travels as it is; a large one is taken by each machine from where it lies. */
        static Origin of(ModelFiles files) {
            if (files.contents().size() > 1 || files.bytes() > ModelStore.MAX_TRAVELLING_BYTES) {
                return new InFiles(files);
            }
            java.nio.file.Path file = files.onThisMachine();
            ForeignModel.at(file); // refuses what is damaged or dishonest
            try {
                return new InBytes(Files.readAllBytes(file));
            } catch (IOException e) {
                throw new UncheckedIOException(file + " cannot be read: " + e.getMessage(), e);
            }
        }
    }

    /** A model that travels. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record InBytes(byte[] bytes) implements Origin {
        @Override
        public OnnxPredictor open(List<String> outputs, int threads) {
            return OnnxPredictor.open(bytes, outputs, threads, Kinds.NUMBERS_AND_TEXTS);
        }

        @Override
        public String digest() {
            return DigestUtils.sha256Hex(bytes);
        }
    }

    /** A model that every machine can read. */
    record InFiles(ModelFiles files) implements Origin {
        @Override
        public OnnxPredictor open(List<String> outputs, int threads) {
            return OnnxPredictor.open(
                    ForeignModel.at(files.onThisMachine()),
                    outputs,
                    threads,
                    Optimisation.ALL,
                    Kinds.NUMBERS_AND_TEXTS);
        }

        @Override
        public String digest() {
            return files.digest();
        }
    }

    @Override
    public String fingerprint() {
        return new Digest()
                .add("named-model/1")
                .add(origin.digest())
                .addTexts(outputs)
                .key();
    }

    @Override
    public Model open(int threads) {
        return new Open(origin.open(outputs, threads));
    }

    private record Open(Predictor predictor) implements Model {
        @Override
        public float[] predict(RowBatch rows) {
            throw new IllegalStateException("a model that is given its inputs by their names has no others");
        }

        @Override
        public void close() {
            predictor.close();
        }
    }

    /**
     * All outputs of a batch.
     *
     * @param opened what {@link #open} gave
     */
    static Outputs answers(Model opened, Inputs batch) {
        return ((Open) opened).predictor().predict(batch);
    }

    /** The product of the sizes of a row that are not open. */
    static int fixed(TensorSpec tensor) {
        return fixed(tensor.rowSizes());
    }

    /** The product of the sizes that are not open. */
    static int fixed(List<Integer> sizes) {
        return sizes.stream().filter(size -> size != TensorSpec.OPEN).reduce(1, Math::multiplyExact);
    }

    /** How many sizes of a row are open. */
    static long open(TensorSpec tensor) {
        return tensor.rowSizes().stream()
                .filter(size -> size == TensorSpec.OPEN)
                .count();
    }
}
