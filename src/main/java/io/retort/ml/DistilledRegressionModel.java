package io.retort.ml;

import io.retort.engine.onnx.run.OnnxSession;
import io.retort.ml.Distillation.Distilled;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.regression.RegressionModel;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A student that predicts a number, in the label's units; otherwise as {@link DistilledModel}. */
public final class DistilledRegressionModel extends RegressionModel<Vector, DistilledRegressionModel>
        implements MLWritable {
    private static final long serialVersionUID = 1L;

    private final String uid;
    private final byte[] onnx;
    private final String report;
    private final StringArrayParam inputCols = new StringArrayParam(
            this, "inputCols", "columns that the student reads by their names, instead of featuresCol");
    private transient OnnxSession session;

    DistilledRegressionModel(String uid, Distilled distilled) {
        this(StageUid.given(uid), distilled);
    }

    private DistilledRegressionModel(StageUid uid, Distilled distilled) {
        this.uid = uid.taken();
        this.onnx = distilled.onnx();
        this.report = distilled.report();
    }

    @Override
    public String uid() {
        return StageUid.known(uid);
    }

    public StringArrayParam inputCols() {
        return inputCols;
    }

    /** The bytes of the ONNX file: it takes raw values and gives the number. */
    public byte[] onnx() {
        return onnx.clone();
    }

    /** The report of the run, as JSON; docs/REPORT.md describes it. */
    public String report() {
        return report;
    }

    @Override
    public StructType transformSchema(StructType schema) {
        if (isSet(inputCols)) {
            StudentColumns.require(schema, inputCols.name(), List.of(getOrDefault(inputCols)));
        } else {
            StudentColumns.require(schema, featuresCol().name(), List.of(getFeaturesCol()));
        }
        scoring().requireInputs(schema);
        return StudentColumns.with(schema, "predictionCol", getPredictionCol(), DataTypes.DoubleType);
    }

    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
        transformSchema(dataset.schema());
        return StudentColumns.added(dataset, scoring(), List.of(StudentColumns.predictedNumber(getPredictionCol())));
    }

    private OnnxScoring scoring() {
        return StudentColumns.scoring(onnx, isSet(inputCols) ? Optional.empty() : Optional.of(getFeaturesCol()));
    }

    /** The number of one row, computed here; of a student that reads a vector. */
    @Override
    public synchronized double predict(Vector features) {
        if (session == null) {
            session = OnnxSession.open(onnx, 1);
        }
        return session.logits(StudentColumns.floats(features), 1)[0];
    }

    @Override
    public DistilledRegressionModel copy(ParamMap extra) {
        DistilledRegressionModel copy = new DistilledRegressionModel(uid, new Distilled(onnx, report));
        return copyValues(copy, extra).setParent(parent());
    }

    /** Saves the parameters, the ONNX file and the report. */
    @Override
    public MLWriter write() {
        return DistilledModel.writer(this, onnx, report);
    }

    public static MLReader<DistilledRegressionModel> read() {
        return new MLReader<>() {
            @Override
            public DistilledRegressionModel load(String path) {
                StageFiles saved = StageFiles.read(this, path, DistilledRegressionModel.class);
                return saved.into(new DistilledRegressionModel(saved.uid(), DistilledModel.distilled(saved)));
            }
        };
    }

    public static DistilledRegressionModel load(String path) {
        return read().load(path);
    }
}
