package io.retort.ml;

import io.retort.config.Reference;
import io.retort.ml.OnnxScoring.OutputForm;
import io.retort.predict.ModelFiles;
import io.retort.predict.ModelStore;
import io.retort.storage.Digest;
import io.retort.storage.Storage;
import io.retort.teacher.SavedModel.SavedOnnx;
import java.io.InputStream;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Any ONNX model over a DataFrame: its inputs are columns as they are (numbers, truth values, strings, arrays of
 * numbers, vectors, binary), and each of its outputs of numbers or strings becomes a column.
 *
 * <p>Executors run it with ONNX Runtime, one open instance in a JVM, on the cores of each task, in batches of rows that
 * have equally many values. A model of up to 32 MiB travels with the job, a larger one is taken by each machine from
 * {@code model}, which must then be on a file system that all of them read.
 */
public final class OnnxTransformer extends Transformer implements MLWritable {
    private static final long serialVersionUID = 1L;

    private static final String MODEL_DIRECTORY = "model";
    private static final String KEEP = "keep";
    private static final String REFUSE = "refuse";

    private final String uid;
    private final Param<String> model = new Param<>(this, "model", "path of an ONNX file, on any Hadoop file system");
    private final StringArrayParam inputCols = new StringArrayParam(
            this,
            "inputCols",
            "columns that the model reads; several for one input are put side by side. Without it each input reads the"
                    + " column of its name");
    private final StringArrayParam inputNames = new StringArrayParam(
            this,
            "inputNames",
            "the model's input that each column of inputCols is for. Without it they are all for the only input, or each"
                    + " for the input of its name");
    private final StringArrayParam outputNames = new StringArrayParam(
            this,
            "outputNames",
            "outputs of the model that become columns; without it all that are numbers or strings");
    private final StringArrayParam outputCols =
            new StringArrayParam(this, "outputCols", "a new column for each output; without it the outputs' own names");
    private final Param<String> outputType = new Param<>(
            this,
            "outputType",
            "array (floats, or one float where there is one value for each row) or vector (of Spark ML); strings are strings",
            ParamValidators.inArray(List.of("array", "vector")));
    private final Param<String> missing = new Param<>(
            this,
            "missing",
            "a null in a column of single values: refuse, or keep (not-a-number or an empty string)",
            ParamValidators.inArray(List.of(REFUSE, KEEP)));
    private final IntParam batchSize =
            new IntParam(this, "batchSize", "rows that the model sees together, at most", ParamValidators.gt(0));
    /** Whoever saves a pipeline over the one that was loaded removes the file first. */
    private LoadedFile loaded = new LoadedFile("", new byte[0]);

    /** A small file of a stage that was loaded; of another stage it has no path. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record LoadedFile(String path, byte[] bytes) implements Serializable {}

    public OnnxTransformer() {
        this(StageUid.fresh("onnx"));
    }

    public OnnxTransformer(String uid) {
        this(StageUid.given(uid));
    }

    private OnnxTransformer(StageUid uid) {
        this.uid = uid.taken();
        setDefault(outputType, "array");
        setDefault(missing, REFUSE);
        setDefault(
                batchSize,
                Integer.valueOf(Reference.builtIn().value("labels.batch-size").orElseThrow()));
    }

    @Override
    public String uid() {
        return StageUid.known(uid);
    }

    public Param<String> model() {
        return model;
    }

    public StringArrayParam inputCols() {
        return inputCols;
    }

    public StringArrayParam inputNames() {
        return inputNames;
    }

    public StringArrayParam outputNames() {
        return outputNames;
    }

    public StringArrayParam outputCols() {
        return outputCols;
    }

    public Param<String> outputType() {
        return outputType;
    }

    public Param<String> missing() {
        return missing;
    }

    public IntParam batchSize() {
        return batchSize;
    }

    public OnnxTransformer setModel(String path) {
        set(model, path);
        return this;
    }

    public OnnxTransformer setInputCols(String[] columns) {
        set(inputCols, columns);
        return this;
    }

    public OnnxTransformer setInputCols(List<String> columns) {
        return setInputCols(columns.toArray(String[]::new));
    }

    public OnnxTransformer setInputNames(String[] names) {
        set(inputNames, names);
        return this;
    }

    public OnnxTransformer setInputNames(List<String> names) {
        return setInputNames(names.toArray(String[]::new));
    }

    public OnnxTransformer setOutputNames(String[] names) {
        set(outputNames, names);
        return this;
    }

    public OnnxTransformer setOutputNames(List<String> names) {
        return setOutputNames(names.toArray(String[]::new));
    }

    public OnnxTransformer setOutputCols(String[] columns) {
        set(outputCols, columns);
        return this;
    }

    public OnnxTransformer setOutputCols(List<String> columns) {
        return setOutputCols(columns.toArray(String[]::new));
    }

    public OnnxTransformer setOutputType(String form) {
        set(outputType, form);
        return this;
    }

    public OnnxTransformer setMissing(String treatment) {
        set(missing, treatment);
        return this;
    }

    public OnnxTransformer setBatchSize(int rows) {
        set(batchSize, rows);
        return this;
    }

    public String getModel() {
        return getOrDefault(model);
    }

    /**
     * Adds the outputs.
     *
     * @throws IllegalArgumentException where columns do not fit the model
     */
    @Override
    public Dataset<Row> transform(Dataset<?> dataset) {
        return scoring(storage(dataset.sparkSession())).of(dataset);
    }

    @Override
    public StructType transformSchema(StructType schema) {
        return scoring(storage(SparkSession.active())).schema(schema);
    }

    private static Storage storage(SparkSession session) {
        return Storage.of(session.sparkContext().hadoopConfiguration());
    }

    private OnnxScoring scoring(Storage storage) {
        return OnnxScoring.of(
                NamedModel.Origin.of(files(storage)),
                new OnnxScoring.Settings(
                        listed(inputNames),
                        listed(inputCols),
                        listed(outputNames),
                        listed(outputCols),
                        OutputForm.valueOf(getOrDefault(outputType).toUpperCase(Locale.ROOT)),
                        new OnnxScoring.Rows(
                                (Integer) getOrDefault(batchSize),
                                getOrDefault(missing).equals(KEEP))));
    }

    /** Changes when the model does, or what it reads or gives. */
    String fingerprint() {
        Digest digest = new Digest().add("onnx-transformer/1");
        digest.add(files(storage(SparkSession.active())).digest());
        for (StringArrayParam param : List.of(inputCols, inputNames, outputNames, outputCols)) {
            digest.addTexts(listed(param));
        }
        return digest.add(getOrDefault(outputType)).add(getOrDefault(missing)).key();
    }

    private List<String> listed(StringArrayParam param) {
        return isSet(param) ? List.of(getOrDefault(param)) : List.of();
    }

    private ModelFiles files(Storage storage) {
        if (!isSet(model)) {
            throw new IllegalArgumentException("model is not set; it takes the path of an ONNX file");
        }
        SavedOnnx saved = new SavedOnnx(getModel());
        saved.problem(storage).ifPresent(problem -> {
            throw new IllegalArgumentException(problem);
        });
        return saved.files(storage);
    }

    @Override
    public OnnxTransformer copy(ParamMap extra) {
        OnnxTransformer copy = defaultCopy(extra);
        copy.loaded = loaded;
        return copy;
    }

    /** Saves the model's files, too, so that what is saved needs nothing else. */
    @Override
    public MLWriter write() {
        return StageFiles.writer(this, Set.of(), (storage, directory) -> {
            Path models = new Path(directory, MODEL_DIRECTORY);
            if (isSet(model) && getModel().equals(loaded.path())) {
                storage.write(new Path(models, new Path(getModel()).getName()), loaded.bytes());
                return;
            }
            ModelFiles files = files(storage);
            for (ModelFiles.Content content : files.contents()) {
                Path from = new Path(files.directory(), content.name());
                storage.write(new Path(models, content.name()), out -> {
                    try (InputStream in = storage.open(from)) {
                        in.transferTo(out);
                    }
                });
            }
        });
    }

    public static MLReader<OnnxTransformer> read() {
        return new Reader();
    }

    public static OnnxTransformer load(String path) {
        return read().load(path);
    }

    private static final class Reader extends MLReader<OnnxTransformer> {
        @Override
        public OnnxTransformer load(String path) {
            StageFiles saved = StageFiles.read(this, path, OnnxTransformer.class);
            OnnxTransformer stage = saved.into(new OnnxTransformer(saved.uid()));
            String name = new Path(stage.getModel()).getName();
            Path file = saved.file(MODEL_DIRECTORY + "/" + name);
            stage.setModel(file.toString());
            ModelFiles files = stage.files(saved.storage());
            if (files.contents().size() == 1 && files.bytes() <= ModelStore.MAX_TRAVELLING_BYTES) {
                stage.loaded = new LoadedFile(file.toString(), saved.storage().read(file));
            }
            return stage;
        }
    }

    @Override
    public String toString() {
        return uid();
    }
}
