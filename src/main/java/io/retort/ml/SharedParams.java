package io.retort.ml;

import io.retort.config.Reference;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;

/** The parameters of both estimators, with the defaults of {@code reference.conf}; {@link DistillationParams} has them. */
final class SharedParams implements Serializable {
    static final String REFUSE = "refuse";
    static final String KEEP = "keep";

    private static final long serialVersionUID = 1L;
    private static final double TEST_FRACTION = 0.1;

    final Param<String> root;
    final Param<String> idCol;
    final StringArrayParam inputCols;
    final StringArrayParam furtherCols;
    final DoubleParam testFraction;
    final Param<String> testCol;
    final Param<String> unlabelled;
    final Param<Transformer> teacher;
    final Param<String> teacherCol;
    final Param<String> teacherModel;
    final Param<String> architecture;
    final IntParam epochs;
    final IntParam batchSize;
    final DoubleParam learningRate;
    final DoubleParam labelWeight;
    final DoubleParam teacherWeight;
    final LongParam seed;
    final Param<String> student;
    final Param<String> recipe;

    SharedParams(Params owner) {
        root = new Param<>(
                owner,
                "root",
                "directory, on any Hadoop file system that all executors reach, for shards, soft labels and networks, which"
                        + " later fits use again, and for runs. Without it one in the driver's temporary directory, which is"
                        + " removed after the fit; on a cluster it must be set");
        idCol = new Param<>(
                owner,
                "idCol",
                "column of different whole numbers that tell rows apart. Without it ids are made of the rows' values");
        inputCols = new StringArrayParam(
                owner,
                "inputCols",
                "columns of numbers and strings (categories) that the student reads, instead of featuresCol");
        furtherCols = new StringArrayParam(
                owner, "furtherCols", "columns that only the teacher of a recipe reads: numbers and strings");
        testFraction = new DoubleParam(
                owner,
                "testFraction",
                "part of the rows that is held out for the report, by a hash of their ids",
                ParamValidators.inRange(0, 1, false, false));
        testCol = new Param<>(owner, "testCol", "truth values, true for held-out rows, instead of testFraction");
        unlabelled = new Param<>(
                owner,
                "unlabelled",
                "a label that is null: refuse, or keep (from such rows the student learns what the teacher gives)",
                ParamValidators.inArray(List.of(REFUSE, KEEP)));
        teacher = new Param<>(
                owner,
                "teacher",
                "fitted model or PipelineModel that is asked about the same DataFrame; its column of probabilities (of a"
                        + " regression: of predictions) is what the student learns, or else teacherCol");
        teacherCol = new Param<>(
                owner, "teacherCol", "column with the teacher's scores: a vector or array, of a regression a number");
        teacherModel = new Param<>(
                owner, "teacherModel", "path of an ONNX file that is the teacher, on any Hadoop file system");
        architecture = new Param<>(
                owner, "architecture", "of the student, as a recipe spells it: mlp, or { kind = mlp, hidden = [32] }");
        epochs = new IntParam(owner, "epochs", "how often each row is seen", ParamValidators.gt(0));
        batchSize = new IntParam(owner, "batchSize", "rows of an optimiser step", ParamValidators.gt(0));
        learningRate = new DoubleParam(owner, "learningRate", "the greatest learning rate", ParamValidators.gt(0));
        labelWeight = new DoubleParam(
                owner, "labelWeight", "what the loss of labels is multiplied by; 0 for none", ParamValidators.gtEq(0));
        teacherWeight = new DoubleParam(
                owner,
                "teacherWeight",
                "what the loss of the teacher is multiplied by; 0 for none",
                ParamValidators.gtEq(0));
        seed = new LongParam(owner, "seed", "of the student's training");
        student = new Param<>(
                owner,
                "student",
                "further settings of the student in HOCON, as in a recipe's list of students, such as compress = [...]");
        recipe = new Param<>(
                owner,
                "recipe",
                "any keys of a recipe in HOCON, over all that is set here, such as data.validation.fraction = 0.1");
        setDefaults(owner);
    }

    private void setDefaults(Params owner) {
        Reference reference = Reference.builtIn();
        owner.setDefault(testFraction, TEST_FRACTION);
        owner.setDefault(unlabelled, REFUSE);
        owner.setDefault(architecture, "mlp");
        owner.setDefault(epochs, (int) number(reference, "defaults.students.training.epochs"));
        owner.setDefault(batchSize, (int) number(reference, "defaults.students.training.batch-size"));
        owner.setDefault(learningRate, number(reference, "defaults.students.training.learning-rate.rate"));
        owner.setDefault(labelWeight, number(reference, "defaults.losses.labels.weight"));
        owner.setDefault(teacherWeight, number(reference, "defaults.losses.soft-target.weight"));
        owner.setDefault(seed, 1L);
    }

    /** A default of {@code reference.conf}. */
    static double number(Reference reference, String path) {
        return Double.parseDouble(reference.value(path).orElseThrow());
    }
}
