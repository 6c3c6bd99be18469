package io.retort.data.encode;

import io.retort.predict.BatchTensor;
import io.retort.predict.Inputs;
import io.retort.predict.Model;
import io.retort.predict.Predictor;
import io.retort.predict.RowBatch;
import io.retort.predict.TensorSpec;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A model that takes rows as they came: each input of a predictor is encoded from their columns, and of its outputs
 * some are read.
 */
public final class EncodedModel implements Model {
    private final Predictor predictor;
    private final Map<String, ? extends Encoder> encoders;
    private final OutputReading reading;
    private final int maxBatch;
    private final ConcurrentLinkedQueue<Batch> idle = new ConcurrentLinkedQueue<>();

    /**
     * @param predictor closed with this model
     * @param encoders one for each of the predictor's inputs, by its name
     * @param maxBatch rows that the predictor may see together
     */
    public EncodedModel(
            Predictor predictor, Map<String, ? extends Encoder> encoders, OutputReading reading, int maxBatch) {
        this.predictor = predictor;
        this.encoders = Map.copyOf(encoders);
        this.reading = reading;
        this.maxBatch = maxBatch;
    }

    @Override
    public float[] predict(RowBatch rows) {
        int batch = rows.size();
        int size = Math.min(batch, maxBatch);
        Batch work = idle.poll();
        if (work == null || work.capacity < size) {
            work = new Batch(size);
        }
        try {
            float[] values = new float[0];
            for (int from = 0; from < batch; from += size) {
                int count = Math.min(size, batch - from);
                work.encode(rows, from, count);
                float[] some = reading.read(predictor.predict(new Inputs(count, work.tensors)));
                if (count == batch) {
                    return some;
                }
                values = from == 0 ? new float[some.length / count * batch] : values;
                System.arraycopy(some, 0, values, from * (some.length / count), some.length);
            }
            return values;
        } finally {
            idle.add(work);
        }
    }

    @Override
    public void close() {
        predictor.close();
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
                tensors.put(input.name(), new BatchTensor(input.type(), encoder.sizes(), capacity));
                work.put(input.name(), encoder.work());
            }
        }

        void encode(RowBatch rows, int from, int count) {
            work.forEach((name, encoder) -> {
                BatchTensor tensor = tensors.get(name);
                for (int row = 0; row < count; row++) {
                    encoder.encode(rows, from + row, tensor, row);
                }
            });
        }
    }
}
