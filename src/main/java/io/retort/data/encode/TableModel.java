package io.retort.data.encode;

import io.retort.data.Schema;
import io.retort.network.TableEncoding;
import io.retort.predict.BatchTensor;
import io.retort.predict.Inputs;
import io.retort.predict.Model;
import io.retort.predict.Predictor;
import io.retort.predict.RowBatch;
import io.retort.predict.TensorSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A network of a table that takes the columns as they are, by an input for each. */
public final class TableModel implements Model {
    private static final List<Integer> ONE = List.of(1);

    private final Predictor predictor;
    private final TableEncoding encoding;

    /** @param predictor with the columns of the encoding in its order as inputs, and one output; closed with this */
    public TableModel(Predictor predictor, TableEncoding encoding) {
        this.predictor = predictor;
        this.encoding = encoding;
    }

    @Override
    public float[] predict(RowBatch rows) {
        return predictor.predict(inputs(rows)).of(predictor.outputs().get(0).name());
    }

    /** The columns of rows as the network takes them. */
    public Inputs inputs(RowBatch rows) {
        int numbers = encoding.numbers().size();
        Map<String, BatchTensor> tensors = new HashMap<>();
        float[] values = numbers == 0 ? new float[0] : rows.numbers(Schema.FEATURES);
        List<TensorSpec> inputs = predictor.inputs();
        for (int column = 0; column < inputs.size(); column++) {
            BatchTensor tensor = new BatchTensor(inputs.get(column).type(), ONE, rows.size());
            for (int row = 0; row < rows.size(); row++) {
                if (column < numbers) {
                    tensor.putRow(row, values, row * numbers + column);
                } else {
                    String category =
                            encoding.categories().get(column - numbers).name();
                    tensor.putText(row, 0, rows.text(category, row));
                }
            }
            tensors.put(inputs.get(column).name(), tensor);
        }
        return new Inputs(rows.size(), tensors);
    }

    @Override
    public void close() {
        predictor.close();
    }
}
