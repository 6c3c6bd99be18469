package io.retort.ml;

import java.util.List;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;

/**
 * The parameters that {@link DistillationEstimator} and {@link DistillationRegressor} share, beside Spark's own
 * ({@code featuresCol}, {@code labelCol}, {@code predictionCol} ...). {@code explainParams()} tells what each is for.
 *
 * @param <E> the estimator, which setters return
 */
public interface DistillationParams<E> extends Params {
    /** Not for callers: where the parameters are. */
    SharedParams shared();

    @SuppressWarnings("unchecked") // an estimator is its own E
    private <T> E with(Param<T> param, T value) {
        if (value == null) { // None of Python
            throw new IllegalArgumentException(param.name() + " must not be null; it is " + param.doc());
        }
        set(param, value);
        return (E) this;
    }

    default Param<String> root() {
        return shared().root;
    }

    default Param<String> idCol() {
        return shared().idCol;
    }

    default StringArrayParam inputCols() {
        return shared().inputCols;
    }

    default StringArrayParam furtherCols() {
        return shared().furtherCols;
    }

    default DoubleParam testFraction() {
        return shared().testFraction;
    }

    default Param<String> testCol() {
        return shared().testCol;
    }

    default Param<String> unlabelled() {
        return shared().unlabelled;
    }

    default Param<Transformer> teacher() {
        return shared().teacher;
    }

    default Param<String> teacherCol() {
        return shared().teacherCol;
    }

    default Param<String> teacherModel() {
        return shared().teacherModel;
    }

    default Param<String> architecture() {
        return shared().architecture;
    }

    default IntParam epochs() {
        return shared().epochs;
    }

    default IntParam batchSize() {
        return shared().batchSize;
    }

    default DoubleParam learningRate() {
        return shared().learningRate;
    }

    default DoubleParam labelWeight() {
        return shared().labelWeight;
    }

    default DoubleParam teacherWeight() {
        return shared().teacherWeight;
    }

    default LongParam seed() {
        return shared().seed;
    }

    default Param<String> student() {
        return shared().student;
    }

    default Param<String> recipe() {
        return shared().recipe;
    }

    default E setRoot(String directory) {
        return with(root(), directory);
    }

    default E setIdCol(String column) {
        return with(idCol(), column);
    }

    default E setInputCols(String[] columns) {
        return with(inputCols(), columns);
    }

    default E setInputCols(List<String> columns) {
        return setInputCols(columns.toArray(String[]::new));
    }

    default E setFurtherCols(String[] columns) {
        return with(furtherCols(), columns);
    }

    default E setFurtherCols(List<String> columns) {
        return setFurtherCols(columns.toArray(String[]::new));
    }

    default E setTestFraction(double fraction) {
        return with(testFraction(), fraction);
    }

    default E setTestCol(String column) {
        return with(testCol(), column);
    }

    default E setUnlabelled(String treatment) {
        return with(unlabelled(), treatment);
    }

    default E setTeacher(Transformer model) {
        return with(teacher(), model);
    }

    default E setTeacherCol(String column) {
        return with(teacherCol(), column);
    }

    default E setTeacherModel(String path) {
        return with(teacherModel(), path);
    }

    default E setArchitecture(String hocon) {
        return with(architecture(), hocon);
    }

    default E setEpochs(int count) {
        return with(epochs(), count);
    }

    default E setBatchSize(int rows) {
        return with(batchSize(), rows);
    }

    default E setLearningRate(double rate) {
        return with(learningRate(), rate);
    }

    default E setLabelWeight(double weight) {
        return with(labelWeight(), weight);
    }

    default E setTeacherWeight(double weight) {
        return with(teacherWeight(), weight);
    }

    default E setSeed(long seed) {
        return with(seed(), seed);
    }

    default E setStudent(String hocon) {
        return with(student(), hocon);
    }

    default E setRecipe(String hocon) {
        return with(recipe(), hocon);
    }
}
