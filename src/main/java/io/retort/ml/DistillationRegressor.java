package io.retort.ml;

import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.Regressor;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Distils a teacher into a small network that predicts a number, as a regressor of Spark ML; otherwise as
 * {@link DistillationEstimator}. The student learns the column of the teacher's predictions.
 */
public final class DistillationRegressor extends Regressor<Vector, DistillationRegressor, DistilledRegressionModel>
        implements DistillationParams<DistillationRegressor>, MLWritable {
    private static final long serialVersionUID = 1L;

    private final String uid;
    private final SharedParams shared = new SharedParams(this);

    public DistillationRegressor() {
        this(StageUid.fresh("distillation"));
    }

    public DistillationRegressor(String uid) {
        this(StageUid.given(uid));
    }

    private DistillationRegressor(StageUid uid) {
        this.uid = uid.taken();
    }

    @Override
    public String uid() {
        return StageUid.known(uid);
    }

    @Override
    public SharedParams shared() {
        return shared;
    }

    @Override
    public DistilledRegressionModel train(Dataset<?> dataset) {
        Distillation distillation = new Distillation(this, new FitTask.Numbers());
        return new DistilledRegressionModel(uid, distillation.of(dataset, getFeaturesCol(), getLabelCol()));
    }

    @Override
    public StructType transformSchema(StructType schema) {
        FitColumns.of(this, getFeaturesCol(), getLabelCol(), schema);
        return StudentColumns.with(schema, "predictionCol", getPredictionCol(), DataTypes.DoubleType);
    }

    @Override
    public DistillationRegressor copy(ParamMap extra) {
        return defaultCopy(extra);
    }

    @Override
    public MLWriter write() {
        return SavedTeacher.writer(this);
    }

    public static MLReader<DistillationRegressor> read() {
        return new MLReader<>() {
            @Override
            public DistillationRegressor load(String path) {
                StageFiles saved = StageFiles.read(this, path, DistillationRegressor.class);
                return SavedTeacher.into(saved, new DistillationRegressor(saved.uid()));
            }
        };
    }

    public static DistillationRegressor load(String path) {
        return read().load(path);
    }
}
