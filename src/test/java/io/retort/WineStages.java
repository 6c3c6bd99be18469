package io.retort;

import io.retort.ml.DistillationEstimator;
import io.retort.ml.DistilledModel;
import io.retort.ml.OnnxTransformer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.RandomForestClassifier;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A program that distils a forest in Spark ML's form, saves the student and loads it again, for the class path of any
 * Spark. Arguments: the directory of the wines, a directory for models, and one where another Spark has saved its own.
 */
final class WineStages {
    private WineStages() {}

    public static void main(String[] arguments) throws IOException {
        try (SparkSession spark = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", "false")
                .getOrCreate()) {
            Dataset<Row> train = wines(spark, arguments[0] + "/wine.csv");
            Dataset<Row> test = wines(spark, arguments[0] + "/wine-test.csv");
            StringIndexer label = new StringIndexer().setInputCol("cultivar").setOutputCol("label");
            VectorAssembler features = new VectorAssembler()
                    .setInputCols(new String[] {"alcohol", "flavanoids", "color_intensity", "hue", "proline"})
                    .setOutputCol("features");
            PipelineModel teacher = new Pipeline()
                    .setStages(new PipelineStage[] {label, features, new RandomForestClassifier().setSeed(1)})
                    .fit(train);
            DistillationEstimator student = new DistillationEstimator()
                    .setTeacher(teacher)
                    .setArchitecture("{ kind = mlp, hidden = [8] }")
                    .setEpochs(30)
                    .setBatchSize(16)
                    .setLearningRate(0.02);
            PipelineModel fitted = new Pipeline()
                    .setStages(new PipelineStage[] {label, features, student})
                    .fit(train);
            fitted.write().overwrite().save(arguments[1]);
            report("own", PipelineModel.load(arguments[1]), test);
            Path file = Files.write(Path.of(arguments[1] + ".onnx"), ((DistilledModel) fitted.stages()[2]).onnx());
            long rows = new OnnxTransformer()
                    .setModel(file.toString())
                    .setInputCols(new String[] {"features"})
                    .transform(fitted.transform(test).select("features"))
                    .where("logits IS NOT NULL")
                    .count();
            System.out.println("scored " + rows);
            if (arguments.length > 2) {
                report("other's", PipelineModel.load(arguments[2]), test);
            }
        }
    }

    private static Dataset<Row> wines(SparkSession spark, String file) {
        return spark.read().option("header", true).option("inferSchema", true).csv(file);
    }

    private static void report(String whose, PipelineModel model, Dataset<Row> test) {
        long right = model.transform(test).where("prediction = label").count();
        System.out.println(whose + (right > 50 ? " is right" : " is wrong, " + right + " of " + test.count()));
    }
}
