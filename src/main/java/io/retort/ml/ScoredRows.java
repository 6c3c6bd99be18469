package io.retort.ml;

import io.retort.predict.ModelCache;
import io.retort.predict.Predictor.Outputs;
import io.retort.spark.SharedValue.SharedModel;
import java.io.Serializable;
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
import org.apache.spark.sql.types.StructField;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The rows of a partition, each as a {@link RawRow}, with a model's outputs behind them. It holds one batch at a time; a
 * batch ends early where the next row has another number of values. The model computes on the cores of the task.
 */
final class ScoredRows implements MapPartitionsFunction<Row, Row> {
    private static final long serialVersionUID = 1L;

    private final SharedModel model;
    private final ArrayList<FrameInput> inputs;
    private final ArrayList<Column> columns;
    private final int batchSize;
    private final boolean keepsMissing;

    /** A column behind those of the rows. */
    record Column(StructField field, Value value) implements Serializable {}

    /** What a column holds of a row. */
    interface Value extends Serializable {
        Object of(Outputs answers, int row);
    }

    /** What the values of an output become. */
    enum Form {
        FLOAT {
            @Override
            Object of(Outputs answers, String output, int row) {
                return answers.of(output)[row];
            }
        },
        ARRAY {
            @Override
            Object of(Outputs answers, String output, int row) {
                int width = answers.width(output);
                return Arrays.copyOfRange(answers.of(output), row * width, (row + 1) * width);
            }
        },
        VECTOR {
            @Override
            Object of(Outputs answers, String output, int row) {
                float[] values = answers.of(output);
                double[] doubles = new double[answers.width(output)];
                for (int i = 0; i < doubles.length; i++) {
                    doubles[i] = values[row * doubles.length + i];
                }
                return Vectors.dense(doubles);
            }
        },
        TEXT {
            @Override
            Object of(Outputs answers, String output, int row) {
                return answers.texts().get(output).get(row);
            }
        },
        TEXTS {
            @Override
            Object of(Outputs answers, String output, int row) {
                List<String> texts = answers.texts().get(output);
                int width = texts.size() / answers.rows();
                return texts.subList(row * width, (row + 1) * width).toArray(String[]::new);
            }
        };

        abstract Object of(Outputs answers, String output, int row);
    }

    /** @param columns behind those of the rows */
    ScoredRows(SharedModel model, List<FrameInput> inputs, List<Column> columns, int batchSize, boolean keepsMissing) {
        this.model = model;
        this.inputs = new ArrayList<>(inputs);
        this.columns = new ArrayList<>(columns);
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
        private final FrameBatch batch = new FrameBatch(inputs, batchSize, keepsMissing);
        private final Deque<Row> ready = new ArrayDeque<>();
        private Optional<RawRow> ahead = Optional.empty();

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
                fill();
                answer(NamedModel.answers(lease.model(), batch.inputs()));
            }
            return ready.remove();
        }

        private void fill() {
            batch.clear();
            ahead.ifPresent(batch::add);
            ahead = Optional.empty();
            while (batch.rows().size() < batchSize && rows.hasNext()) {
                RawRow row = (RawRow) rows.next().get(0);
                if (!batch.add(row)) {
                    ahead = Optional.of(row);
                    break;
                }
            }
        }

        private void answer(Outputs answers) {
            for (int i = 0; i < batch.rows().size(); i++) {
                Object[] whole = new Object[1 + columns.size()];
                whole[0] = batch.rows().get(i);
                for (int c = 0; c < columns.size(); c++) {
                    whole[1 + c] = columns.get(c).value().of(answers, i);
                }
                ready.add(RowFactory.create(whole));
            }
        }
    }
}
