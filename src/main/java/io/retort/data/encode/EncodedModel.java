package io.retort.data.encode;

import io.retort.data.tokenize.TokenBatch;
import io.retort.data.tokenize.TokenizedTexts;
import io.retort.predict.BatchTensor;
import io.retort.predict.Model;
import io.retort.predict.Predictor;
import io.retort.predict.Predictor.Inputs;
import io.retort.predict.Predictor.Outputs;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.predict.RowBatch;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest.Fingerprinted;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A model that takes rows as they came: each input of a predictor is encoded from their columns, and of its outputs
 * some are read. Where it reads texts, the predictor sees together those that have about as many tokens.
 */
public final class EncodedModel implements Model {
    private final Predictor predictor;
    private final Map<String, ? extends Encoder> encoders;
    private final Optional<TokenizedTexts.Open> texts;
    private final OutputReading reading;
    private final int maxBatch;
    private final ConcurrentLinkedQueue<Batch> idle = new ConcurrentLinkedQueue<>();

    /** A model that reads no tokens. */
    public EncodedModel(
            Predictor predictor, Map<String, ? extends Encoder> encoders, OutputReading reading, int maxBatch) {
        this(predictor, encoders, Optional.empty(), reading, maxBatch);
    }

    /**
     * @param predictor closed with this model
     * @param encoders one for each of the predictor's inputs that {@code texts} does not make, by its name
     * @param texts closed with this model
     * @param maxBatch rows that the predictor may see together
     */
    public EncodedModel(
            Predictor predictor,
            Map<String, ? extends Encoder> encoders,
            Optional<TokenizedTexts.Open> texts,
            OutputReading reading,
            int maxBatch) {
        this.predictor = predictor;
        this.encoders = Map.copyOf(encoders);
        this.texts = texts;
        this.reading = reading;
        this.maxBatch = maxBatch;
    }

    @Override
    public boolean choosesBatches() {
        return texts.isPresent();
    }

    @Override
    public float[] predict(RowBatch rows) {
        List<TokenBatch> batches = texts.map(open -> open.batches(rows, maxBatch))
                .orElseGet(() -> TokenBatch.inOrder(rows.size(), Math.min(rows.size(), maxBatch)));
        int most = batches.stream().mapToInt(batch -> batch.rows().length).max().orElse(1);
        Batch work = idle.poll();
        if (work == null || work.capacity < most) {
            work = new Batch(most);
        }
        try {
            float[] values = new float[0];
            for (TokenBatch batch : batches) {
                float[] some = answers(work, rows, batch);
                int width = some.length / batch.rows().length;
                if (batches.size() == 1 && !choosesBatches()) {
                    return some;
                }
                values = values.length == 0 ? new float[width * rows.size()] : values;
                for (int i = 0; i < batch.rows().length; i++) {
                    System.arraycopy(some, i * width, values, batch.rows()[i] * width, width);
                }
            }
            return values;
        } finally {
            idle.add(work);
        }
    }

    private float[] answers(Batch work, RowBatch rows, TokenBatch batch) {
        work.encode(rows, batch.rows());
        if (texts.isEmpty()) {
            return reading.read(predictor.predict(new Inputs(batch.rows().length, work.tensors)));
        }
        Map<String, BatchTensor> tensors = new HashMap<>(work.tensors);
        tensors.putAll(texts.get().tensors(batch));
        try {
            return reading.read(predictor.predict(new Inputs(batch.rows().length, tensors)), batch);
        } catch (ArtifactException e) {
            throw new ArtifactException(
                    e.getMessage() + "; its texts have up to " + batch.length() + " tokens, with ids up to "
                            + batch.largestId()
                            + ": is it the model's own tokenizer, and is max-length no more than the model can take?",
                    e);
        }
    }

    @Override
    public void close() {
        predictor.close();
        texts.ifPresent(TokenizedTexts.Open::close);
    }

    /** The tensors of a batch, and what encodes them; each is used by one thread at a time and then by another. */
    private final class Batch {
        private final int capacity;
        private final Map<String, BatchTensor> tensors = new HashMap<>();
        private final Map<String, Encoder.Work> work = new HashMap<>();

        Batch(int capacity) {
            this.capacity = capacity;
            for (TensorSpec input : predictor.inputs()) {
                Encoder encoder = encoders.get(input.name());
                if (encoder == null) {
                    continue; // made of tokens, as long as those of each batch
                }
                tensors.put(input.name(), new BatchTensor(input.type(), encoder.sizes(), capacity));
                work.put(input.name(), encoder.work());
            }
        }

        void encode(RowBatch rows, int[] places) {
            work.forEach((name, encoder) -> {
                BatchTensor tensor = tensors.get(name);
                for (int at = 0; at < places.length; at++) {
                    encoder.encode(rows, places[at], tensor, at);
                }
            });
        }
    }

    /** What is made of a predictor's outputs. */
    public interface OutputReading extends Serializable, Fingerprinted {
        /** The outputs that are read, by name. */
        List<String> outputs();

        /** {@code [rows, width]}; a new array, or that of an output. */
        float[] read(Outputs outputs);

        /** The same where the model has read texts of these tokens, in this order. */
        default float[] read(Outputs outputs, TokenBatch texts) {
            return read(outputs);
        }

        /**
         * Whether its values must have the same bits whatever else is read of the model: it is then run node by node, as it
         * stands.
         */
        boolean nodeByNode();
    }
}
