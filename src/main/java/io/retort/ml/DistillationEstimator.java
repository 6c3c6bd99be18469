package io.retort.ml;

import io.retort.config.Reference;
import java.util.List;
import org.apache.spark.ml.classification.ProbabilisticClassifier;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Distils a teacher into a small network that predicts classes, as a classifier of Spark ML.
 *
 * <p>The teacher is a fitted model of the session, a column of scores, an ONNX file, or what {@code recipe} says. The
 * student reads {@code featuresCol}, a vector, or the columns of {@code inputCols}. A label is an index, as a
 * StringIndexer makes it. Everything else that a recipe can say goes into {@code student} and {@code recipe}.
 */
public final class DistillationEstimator extends ProbabilisticClassifier<Vector, DistillationEstimator, DistilledModel>
        implements DistillationParams<DistillationEstimator>, MLWritable {
    private static final long serialVersionUID = 1L;

    private final String uid;
    private final SharedParams shared = new SharedParams(this);
    private final DoubleParam temperature = new DoubleParam(
            this,
            "temperature",
            "softens the distributions of teacher and student in their loss",
            ParamValidators.gt(0));
    private final Param<String> teacherOutput = new Param<>(
            this,
            "teacherOutput",
            "probabilities, logits or log-probabilities: what the teacher's scores are",
            ParamValidators.inArray(List.of("probabilities", "logits", "log-probabilities")));

    public DistillationEstimator() {
        this(StageUid.fresh("distillation"));
    }

    public DistillationEstimator(String uid) {
        this(StageUid.given(uid));
    }

    private DistillationEstimator(StageUid uid) {
        this.uid = uid.taken();
        setDefault(temperature, SharedParams.number(Reference.builtIn(), "defaults.losses.soft-target.temperature"));
        setDefault(teacherOutput, "probabilities");
    }

    @Override
    public String uid() {
        return StageUid.known(uid);
    }

    @Override
    public SharedParams shared() {
        return shared;
    }

    public DoubleParam temperature() {
        return temperature;
    }

    public Param<String> teacherOutput() {
        return teacherOutput;
    }

    public DistillationEstimator setTemperature(double value) {
        set(temperature, value);
        return this;
    }

    public DistillationEstimator setTeacherOutput(String kind) {
        set(teacherOutput, kind);
        return this;
    }

    @Override
    public DistilledModel train(Dataset<?> dataset) {
        FitTask task = new FitTask.Classes((Double) getOrDefault(temperature), getOrDefault(teacherOutput));
        return new DistilledModel(uid, new Distillation(this, task).of(dataset, getFeaturesCol(), getLabelCol()));
    }

    @Override
    public StructType transformSchema(StructType schema) {
        FitColumns.of(this, getFeaturesCol(), getLabelCol(), schema);
        StructType whole =
                StudentColumns.with(schema, "rawPredictionCol", getRawPredictionCol(), SQLDataTypes.VectorType());
        whole = StudentColumns.with(whole, "probabilityCol", getProbabilityCol(), SQLDataTypes.VectorType());
        return StudentColumns.with(whole, "predictionCol", getPredictionCol(), DataTypes.DoubleType);
    }

    @Override
    public DistillationEstimator copy(ParamMap extra) {
        return defaultCopy(extra);
    }

    @Override
    public MLWriter write() {
        return SavedTeacher.writer(this);
    }

    public static MLReader<DistillationEstimator> read() {
        return new MLReader<>() {
            @Override
            public DistillationEstimator load(String path) {
                StageFiles saved = StageFiles.read(this, path, DistillationEstimator.class);
                return SavedTeacher.into(saved, new DistillationEstimator(saved.uid()));
            }
        };
    }

    public static DistillationEstimator load(String path) {
        return read().load(path);
    }
}
