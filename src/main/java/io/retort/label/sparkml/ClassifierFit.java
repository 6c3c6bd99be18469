package io.retort.label.sparkml;

import io.retort.data.Rows;
import io.retort.data.ShownRows;
import io.retort.data.View;
import io.retort.data.encode.RowNumbers;
import io.retort.data.encode.RowNumbers.TablePicks;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.Dataset.RowReading;
import io.retort.data.shard.RowFilter;
import io.retort.data.shard.Shard;
import io.retort.data.shard.ShardStore;
import io.retort.label.Float32Codec;
import io.retort.label.LabelStore;
import io.retort.label.LabelStore.LabelSet;
import io.retort.label.Labeller;
import io.retort.label.Labeller.LabelRequest;
import io.retort.label.Labeller.LabellingSettings;
import io.retort.label.ModelLabeller;
import io.retort.label.TeacherModel;
import io.retort.label.TeacherModel.FeatureModel;
import io.retort.label.sparkml.Estimators.EstimatorSettings;
import io.retort.label.sparkml.FeaturesFirst.StoredFeatures;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.ModelStore;
import io.retort.spark.ParallelTasks;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.VerifiedFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Fits a classifier of Spark ML on labelled rows: once on all of them, and once for each fold on the rows of the
 * others, so that no row need be labelled by a model that has seen its label. A forest that labels the rows it was
 * fitted on says little more than their labels.
 *
 * <p>What was fitted is kept in {@code <root>/store/models/<fingerprint>/}, in one file, which is there or is not. A
 * fold is a matter of a row's id alone ({@link RowFilter#fold}).
 */
public final class ClassifierFit {
    private static final String FILE = "fitted.bin";

    private static final long MIN_PARTITION_ROWS = 20_000;

    private final JavaSparkContext spark;
    private final ModelStore models;
    private final LabellingSettings labelling;
    private final Dataset rows;

    /**
     * @param models of the root where the shards are
     * @param rows all of which have a label
     */
    public ClassifierFit(JavaSparkContext spark, ModelStore models, LabellingSettings labelling, Dataset rows) {
        this.spark = spark;
        this.models = models;
        this.labelling = labelling;
        this.rows = rows;
    }

    /**
     * What is fitted.
     *
     * @param spelled the settings as a recipe spells them, for content addresses
     * @param columns that are read, by name, and {@code picks} where they are
     * @param folds 1 for labels of the model of all rows
     * @param floor the least probability
     * @param features gives a column that is read, beside those of the rows
     */
    public record Plan(
            EstimatorSettings estimator,
            String spelled,
            List<String> columns,
            RowNumbers picks,
            int folds,
            long seed,
            double floor,
            Optional<FeatureModel> features) {
        /** Depends on all rows and settings, and on Spark's version. */
        private String fingerprint(Dataset rows, String sparkVersion) {
            Digest digest = new Digest().add("classifier-fit/3").add(spelled).addTexts(columns);
            digest.add(folds)
                    .add(seed)
                    .add(floor)
                    .add(sparkVersion)
                    .add(rows.schema().target());
            if (picks instanceof TablePicks table) {
                digest.add(table.encoding());
            }
            features.ifPresent(model -> digest.add(model.fingerprint()));
            rows.shards().forEach(shard -> digest.add(shard.key()));
            return digest.add(rows.filter()).key();
        }
    }

    /**
     * A teacher that was fitted.
     *
     * @param whole the model of all rows
     * @param bytes of that model
     */
    public record Fitted(Labeller labeller, ModelHandle whole, long bytes) {}

    /**
     * Makes the features of the rows that the store lacks.
     *
     * @param progress receives numbers of rows
     */
    public void makeFeatures(FeatureModel features, LongConsumer progress) {
        models.use().announce(List.of("store/labels/" + stored(features).set().name()));
        labeller(features).label(rows, List.of(LabelRequest.plain()), progress);
    }

    private StoredFeatures stored(FeatureModel features) {
        LabelSet set =
                new LabelSet(features.fingerprint(), View.plain().fingerprint(), new Float32Codec(), features.width());
        return new StoredFeatures(
                shards(), new LabelStore(models.storage(), models.root()), set, FeatureModel.column(features.width()));
    }

    private ShardStore shards() {
        return new ShardStore(models.storage(), models.root());
    }

    /** How rows are read with all that is fitted on. */
    private RowReading reading(Plan plan) {
        return plan.features().<RowReading>map(this::stored).orElseGet(this::shards);
    }

    /**
     * Fits, or takes from the store; features of the rows must be there.
     *
     *
     * @param progress receives 1 for each model, of which there is one more than folds where those are several
     */
    public Fitted fitted(Plan plan, LongConsumer progress) {
        String fingerprint = plan.fingerprint(rows, spark.version());
        String entry = "store/models/" + fingerprint;
        models.use().announce(List.of(entry));
        Path file = new Path(new Path(models.root(), entry), FILE);
        if (!models.storage().exists(file)) {
            requireFolds(plan.folds());
            byte[] made = bytes(fit(plan, progress));
            models.storage().write(file, made);
        }
        List<FittedClassifier> all = new VerifiedFiles(models.storage(), "fitted model")
                .read(file, () -> read(models.storage().read(file)));
        FittedClassifier last = all.get(all.size() - 1);
        FittedModel whole = new FittedModel(
                new ArrayList<>(List.of(last)),
                plan.picks(),
                plan.floor(),
                FittedModel.Choice.first(),
                fingerprint + "-whole");
        RowReading reading = reading(plan);
        Labeller labeller = labeller(new FittedTeacher(fingerprint, whole), reading);
        if (plan.folds() > 1) {
            FittedModel outOfFold = new FittedModel(
                    new ArrayList<>(all),
                    plan.picks(),
                    plan.floor(),
                    FittedModel.Choice.outOfFold(rows.filter(), plan.folds()),
                    fingerprint + "-folds");
            labeller = new OutOfFoldLabeller(
                    rows.shards(), labeller(new FittedTeacher(fingerprint, outOfFold), reading), labeller);
        }
        long bytes = bytes(List.of(last)).length;
        if (plan.features().isEmpty()) {
            return new Fitted(labeller, whole, bytes);
        }
        FeatureModel features = plan.features().get();
        return new Fitted(
                new FeaturesFirst(labeller(features), labeller),
                new ClassifiedFeatures(features.logits(), whole),
                bytes);
    }

    private void requireFolds(int folds) {
        if (rows.samples() < Math.max(2, 2L * folds)) {
            throw new IllegalArgumentException("the teacher is fitted in " + folds + " folds, which need "
                    + Math.max(2, 2L * folds) + " labelled training rows at least, but there are " + rows.samples());
        }
    }

    private Labeller labeller(TeacherModel model) {
        return labeller(model, shards());
    }

    private Labeller labeller(TeacherModel model, RowReading reading) {
        return new ModelLabeller(spark, models, labelling, model, reading);
    }

    /** Labels by other models lie under one name. */
    private record FittedTeacher(String fingerprint, ModelHandle logits) implements TeacherModel {}

    /** The models of the folds' complements in order, and that of all rows. */
    private List<FittedClassifier> fit(Plan plan, LongConsumer progress) {
        org.apache.spark.sql.Dataset<Row> table = table(plan);
        List<FittedClassifier> fitted = new ArrayList<>();
        for (int fold = 0; plan.folds() > 1 && fold < plan.folds(); fold++) {
            fitted.add(fit(plan, table.filter("fold <> " + fold)));
            progress.accept(1);
        }
        fitted.add(fit(plan, table));
        progress.accept(1);
        return fitted;
    }

    private static FittedClassifier fit(Plan plan, org.apache.spark.sql.Dataset<Row> table) {
        return FittedClassifier.of(plan.estimator().classifier(plan.seed()).fit(table));
    }

    /**
     * The rows in the shards' order, in partitions that do not depend on the cluster: Spark's forests draw rows by their
     * place.
     */
    private org.apache.spark.sql.Dataset<Row> table(Plan plan) {
        int classes = rows.schema().classes();
        Metadata classesOfLabel = NominalAttribute.defaultAttr()
                .withName("label")
                .withNumValues(classes)
                .toMetadata();
        StructType columns = new StructType(new StructField[] {
            new StructField("features", SQLDataTypes.VectorType(), false, Metadata.empty()),
            new StructField("label", DataTypes.DoubleType, false, classesOfLabel),
            new StructField("fold", DataTypes.IntegerType, false, Metadata.empty())
        });
        RowReading reading = reading(plan);
        Dataset some = rows.withoutShards();
        RowNumbers picks = plan.picks();
        int folds = plan.folds();
        JavaRDD<Row> lines = ParallelTasks.inputs(spark, partitions())
                .flatMap(shards -> Arrays.stream(shards)
                        .flatMap(shard -> lines(reading.rows(some, shard), some, picks, folds))
                        .iterator());
        return SparkSession.builder().sparkContext(spark.sc()).getOrCreate().createDataFrame(lines, columns);
    }

    /**
     * Consecutive shards. Each partition holds statistics of all nodes of a tree that are split at a time, however few of
     * its rows reach them, and sends them: in many small partitions deep trees take many times as long.
     */
    private List<Shard[]> partitions() {
        List<Shard> shards = rows.shards();
        long count = Math.min(shards.size(), Math.max(1, rows.samples() / MIN_PARTITION_ROWS));
        List<Shard[]> partitions = new ArrayList<>();
        for (long part = 0; part < count; part++) {
            int from = (int) (part * shards.size() / count);
            int to = (int) ((part + 1) * shards.size() / count);
            partitions.add(shards.subList(from, to).stream().map(Shard::plain).toArray(Shard[]::new));
        }
        return partitions;
    }

    private static Stream<Row> lines(Rows rows, Dataset of, RowNumbers picks, int folds) {
        ShownRows shown = new ShownRows(of.schema(), rows, View.plain());
        float[] values = new float[picks.count()];
        return IntStream.range(0, rows.count()).mapToObj(row -> {
            picks.copy(shown, row, values);
            double[] features = new double[values.length];
            FittedModel.copy(shown, row, values, features);
            return RowFactory.create(
                    Vectors.dense(features),
                    (double) rows.labels().classOf(row),
                    RowFilter.fold(rows.ids()[row], folds));
        });
    }

    private static byte[] bytes(List<FittedClassifier> fitted) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(fitted.size());
            for (FittedClassifier one : fitted) {
                one.write(out);
            }
            out.writeUTF(new Digest().add(bytes.toByteArray()).hex());
        } catch (IOException e) {
            throw new IllegalStateException("memory takes all bytes", e);
        }
        return bytes.toByteArray();
    }

    private static List<FittedClassifier> read(byte[] bytes) throws IOException {
        ByteArrayInputStream counted = new ByteArrayInputStream(bytes);
        DataInputStream in = new DataInputStream(counted);
        List<FittedClassifier> fitted = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            fitted.add(FittedClassifier.read(in));
        }
        byte[] content = Arrays.copyOf(bytes, bytes.length - counted.available());
        if (!in.readUTF().equals(new Digest().add(content).hex())) {
            throw new ArtifactException("does not hold what was written: its digest differs");
        }
        return fitted;
    }
}
