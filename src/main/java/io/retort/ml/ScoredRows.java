package io.retort.ml;

import io.retort.predict.ModelCache;
import io.retort.predict.TensorSpec;
import io.retort.spark.SharedModel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The rows of a partition with a model's outputs behind them. It holds one batch at a time; a batch ends early where the
 * next row has another number of values. The model computes on the cores of the task.
 */
final class ScoredRows implements MapPartitionsFunction<Row, Row> {
    private static final long serialVersionUID = 1L;

    private final SharedModel model;
    private final ArrayList<FrameInput> inputs;
    private final int[] widths;
    private final Form[] forms;
    private final int batchSize;
    private final boolean keepsMissing;

    /** What the values of an output become. */
    enum Form {
        FLOAT {
            @Override
            Object of(float[] values, int from, int to) {
                return values[from];
            }
        },
        ARRAY {
            @Override
            Object of(float[] values, int from, int to) {
                return Arrays.copyOfRange(values, from, to);
            }
        },
        VECTOR {
            @Override
            Object of(float[] values, int from, int to) {
                double[] doubles = new double[to - from];
                for (int i = 0; i < doubles.length; i++) {
                    doubles[i] = values[from + i];
                }
                return Vectors.dense(doubles);
            }
        };

        abstract Object of(float[] values, int from, int to);
    }

    /**
     * @param widths values of a row of each output, one of which may be {@link TensorSpec#OPEN}
     * @param forms of each output
     */
    ScoredRows(
            SharedModel model,
            List<FrameInput> inputs,
            int[] widths,
            Form[] forms,
            int batchSize,
            boolean keepsMissing) {
        this.model = model;
        this.inputs = new ArrayList<>(inputs);
        this.widths = widths.clone();
        this.forms = forms.clone();
        this.batchSize = batchSize;
        this.keepsMissing = keepsMissing;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        if (!rows.hasNext()) {
            return rows; // the model need not be there for nothing
        }
        TaskContext task = TaskContext.get();
        ModelCache.Lease lease = model.lease(task.cpus());
        TaskCompletionListener end = context -> lease.close();
        task.addTaskCompletionListener(end);
        return new Answers(rows, lease);
    }

    private final class Answers implements Iterator<Row> {
        private final Iterator<Row> rows;
        private final ModelCache.Lease lease;
        private final Deque<Row> ready = new ArrayDeque<>();
        private Optional<Row> ahead = Optional.empty();

        Answers(Iterator<Row> rows, ModelCache.Lease lease) {
            this.rows = rows;
            this.lease = lease;
        }

        @Override
        public boolean hasNext() {
            return !ready.isEmpty() || ahead.isPresent() || rows.hasNext();
        }

        @Override
        public Row next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            if (ready.isEmpty()) {
                FrameBatch batch = batch();
                answer(batch.rows(), lease.model().predict(batch));
            }
            return ready.remove();
        }

        private FrameBatch batch() {
            FrameBatch batch = new FrameBatch(inputs, keepsMissing);
            ahead.ifPresent(batch::add);
            ahead = Optional.empty();
            while (batch.size() < batchSize && rows.hasNext()) {
                Row row = rows.next();
                if (!batch.add(row)) {
                    ahead = Optional.of(row);
                    break;
                }
            }
            return batch;
        }

        private void answer(List<Row> batch, float[] values) {
            int all = values.length / batch.size();
            int known = Arrays.stream(widths)
                    .filter(width -> width != TensorSpec.OPEN)
                    .sum();
            int at = 0;
            for (Row row : batch) {
                Object[] whole = new Object[row.size() + forms.length];
                for (int i = 0; i < row.size(); i++) {
                    whole[i] = row.get(i);
                }
                for (int output = 0; output < forms.length; output++) {
                    int width = widths[output] == TensorSpec.OPEN ? all - known : widths[output];
                    whole[row.size() + output] = forms[output].of(values, at, at + width);
                    at += width;
                }
                ready.add(RowFactory.create(whole));
            }
        }
    }
}
