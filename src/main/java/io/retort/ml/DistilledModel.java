package io.retort.ml;

import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.ml.Distillation.Distilled;
import io.retort.storage.ArtifactException;
import io.retort.storage.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.classification.ProbabilisticClassificationModel;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.Tuple3;

/**
 * A student that predicts classes. {@link #onnx()} is the file that any runtime serves; here ONNX Runtime runs it on
 * the executors.
 *
 * <p>{@code rawPrediction} holds the logits, of two classes moved until they add up to 0, {@code probability} their
 * softmax, and {@code prediction} the index of the class.
 */
public final class DistilledModel extends ProbabilisticClassificationModel<Vector, DistilledModel>
        implements MLWritable {
    private static final long serialVersionUID = 1L;

    static final String STUDENT_FILE = "student.onnx";
    static final String REPORT_FILE = "report.json";

    private final String uid;
    private final byte[] onnx;
    private final String report;
    private final List<String> classes;
    private final StringArrayParam inputCols = new StringArrayParam(
            this, "inputCols", "columns that the student reads by their names, instead of featuresCol");
    private transient OnnxSession session;

    DistilledModel(String uid, Distilled distilled) {
        this(StageUid.given(uid), distilled);
    }

    private DistilledModel(StageUid uid, Distilled distilled) {
        this.uid = uid.taken();
        this.onnx = distilled.onnx();
        this.report = distilled.report();
        this.classes = classes(onnx);
    }

    private static List<String> classes(byte[] onnx) {
        try (OnnxPredictor student = OnnxPredictor.open(onnx, 1)) {
            return List.of(Json.parse(student.metadata().get(OnnxModel.CLASSES), String[].class));
        }
    }

    @Override
    public String uid() {
        return StageUid.known(uid);
    }

    public StringArrayParam inputCols() {
        return inputCols;
    }

    /** The bytes of the ONNX file: it takes raw values and gives logits; docs/SERVING.md shows how it is asked. */
    public byte[] onnx() {
        return onnx.clone();
    }

    /** The report of the run, as JSON; docs/REPORT.md describes it. */
    public String report() {
        return report;
    }

    /** The names of classes by index; the indices where the label had no names. */
    public List<String> classNames() {
        return classes;
    }

    @Override
    public int numClasses() {
        return classes.size();
    }

    @Override
    public int numFeatures() {
        return isSet(inputCols)
                ? getOrDefault(inputCols).length
                : session().input().elements();
    }

    @Override
    public StructType transformSchema(StructType schema) {
        if (isSet(inputCols)) {
            StudentColumns.require(schema, inputCols.name(), List.of(getOrDefault(inputCols)));
        } else {
            StudentColumns.require(schema, featuresCol().name(), List.of(getFeaturesCol()));
        }
        scoring().requireInputs(schema);
        StructType whole =
                StudentColumns.with(schema, "rawPredictionCol", getRawPredictionCol(), SQLDataTypes.VectorType());
        whole = StudentColumns.with(whole, "probabilityCol", getProbabilityCol(), SQLDataTypes.VectorType());
        return StudentColumns.with(whole, "predictionCol", getPredictionCol(), DataTypes.DoubleType);
    }

    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
        transformSchema(dataset.schema());
        double[] divisors = isDefined(thresholds()) ? getThresholds() : new double[0];
        if (isDefined(thresholds()) && divisors.length != classes.size()) {
            throw new IllegalArgumentException(
                    "thresholds must have one for each of the " + classes.size() + " classes, has " + divisors.length);
        }
        return StudentColumns.added(
                dataset,
                scoring(),
                List.of(
                        StudentColumns.logits(getRawPredictionCol()),
                        StudentColumns.probabilities(getProbabilityCol()),
                        StudentColumns.predictedClass(getPredictionCol(), classes, divisors)));
    }

    private OnnxScoring scoring() {
        return StudentColumns.scoring(onnx, isSet(inputCols) ? Optional.empty() : Optional.of(getFeaturesCol()));
    }

    /** The raw prediction of one row, computed here; of a student that reads a vector. */
    @Override
    public Vector predictRaw(Vector features) {
        float[] logits = session().logits(StudentColumns.floats(features), 1);
        double[] values = new double[logits.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = logits[i];
        }
        return Vectors.dense(StudentColumns.raw(values));
    }

    private synchronized OnnxSession session() {
        if (session == null) {
            session = OnnxSession.open(onnx, 1);
        }
        return session;
    }

    @Override
    public Vector raw2probabilityInPlace(Vector raw) {
        DenseVector dense = (DenseVector) raw;
        double[] probabilities = StudentColumns.softmax(dense.values());
        System.arraycopy(probabilities, 0, dense.values(), 0, probabilities.length);
        return dense;
    }

    /**
     * Not for callers. Spark's two classes above declare it with results that only Scala takes for one, so a class of
     * Java must say itself which it is.
     */
    @Override
    @SuppressWarnings({"rawtypes", "unchecked"})
    public Tuple3 findSummaryModel() {
        return new Tuple3<>(this, getProbabilityCol(), getPredictionCol());
    }

    @Override
    public DistilledModel copy(ParamMap extra) {
        DistilledModel copy = new DistilledModel(uid, new Distilled(onnx, report));
        return copyValues(copy, extra).setParent(parent());
    }

    /** Saves the parameters, the ONNX file and the report. */
    @Override
    public MLWriter write() {
        return writer(this, onnx, report);
    }

    static MLWriter writer(Params stage, byte[] onnx, String report) {
        return StageFiles.writer(stage, Set.of(), (storage, directory) -> {
            storage.write(new Path(directory, STUDENT_FILE), onnx);
            storage.write(new Path(directory, REPORT_FILE), report.getBytes(StandardCharsets.UTF_8));
        });
    }

    static Distilled distilled(StageFiles saved) {
        return new Distilled(
                saved.storage().read(saved.file(STUDENT_FILE)),
                new String(saved.storage().read(saved.file(REPORT_FILE)), StandardCharsets.UTF_8));
    }

    private static DistilledModel opened(StageFiles saved) {
        Distilled distilled = distilled(saved);
        try {
            return new DistilledModel(saved.uid(), distilled);
        } catch (ArtifactException e) {
            throw new ArtifactException(saved.file(STUDENT_FILE) + ": " + e.getMessage(), e);
        }
    }

    public static MLReader<DistilledModel> read() {
        return new MLReader<>() {
            @Override
            public DistilledModel load(String path) {
                StageFiles saved = StageFiles.read(this, path, DistilledModel.class);
                return saved.into(opened(saved));
            }
        };
    }

    public static DistilledModel load(String path) {
        return read().load(path);
    }
}
