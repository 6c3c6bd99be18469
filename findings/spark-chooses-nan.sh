#!/usr/bin/env bash
# Spark 4.2.0 (spark-mllib_2.13): CrossValidator and TrainValidationSplit choose the model that diverged, where more of the metric is better.
#
# Of two step sizes of FMRegressor one fits (r2 0.999) and one diverges: its parameters, predictions and r2 are not a number. The best of the metrics is taken as their maximum in an order
# that puts NaN above all numbers, so by r2 the model of NaN is chosen, fitted once more to all rows and handed over, without a warning; by rmse, of which the least is best,
# the other one. The same order holds for every metric that is to be large, and for evaluators of one's own.
#
# For users: look at avgMetrics (validationMetrics) before the model is used; tune by a metric that is to be small; an evaluator of one's own should give -infinity instead of NaN.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir classes
cat > pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>look</groupId><artifactId>look</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.scala-lang</groupId><artifactId>scala-library</artifactId><version>2.13.18</version></dependency>
    <dependency><groupId>org.apache.spark</groupId><artifactId>spark-mllib_2.13</artifactId><version>4.2.0</version></dependency>
  </dependencies>
</project>
XML
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath -Dmdep.outputFile=classpath

cat > Tuned.java <<'JAVA'
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.FMRegressionModel;
import org.apache.spark.ml.regression.FMRegressor;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.ml.tuning.TrainValidationSplit;
import org.apache.spark.ml.tuning.TrainValidationSplitModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

public class Tuned {
    static List<Row> rows() {
        Random random = new Random(0);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            double a = random.nextGaussian(), b = random.nextGaussian();
            rows.add(RowFactory.create(3 * a - 2 * b + 1 + 0.1 * random.nextGaussian(), Vectors.dense(a, b)));
        }
        return rows;
    }

    public static void main(String[] arguments) {
        SparkSession spark = SparkSession.builder().master("local[2]").config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "2").getOrCreate();
        System.out.println("Spark " + spark.version());
        StructType schema = new StructType().add("label", DataTypes.DoubleType, false).add("features", SQLDataTypes.VectorType(), false);
        Dataset<Row> rows = spark.createDataFrame(rows(), schema).coalesce(1).cache();
        FMRegressor machine = new FMRegressor().setSolver("gd").setFactorSize(2).setMaxIter(200).setSeed(1);
        ParamMap[] grid = new ParamGridBuilder().addGrid(machine.stepSize(), new double[] {0.1, 10.0}).build();
        boolean same = true;
        for (String metric : List.of("r2", "rmse")) {
            RegressionEvaluator evaluator = new RegressionEvaluator().setMetricName(metric);
            CrossValidatorModel folds = new CrossValidator().setEstimator(machine).setEstimatorParamMaps(grid).setEvaluator(evaluator).setNumFolds(2).setSeed(1).fit(rows);
            TrainValidationSplitModel split = new TrainValidationSplit().setEstimator(machine).setEstimatorParamMaps(grid).setEvaluator(evaluator).setSeed(1).fit(rows);
            double ofFolds = ((FMRegressionModel) folds.bestModel()).getStepSize();
            double ofSplit = ((FMRegressionModel) split.bestModel()).getStepSize();
            Row first = folds.transform(rows).first();
            System.out.printf("%-4s of step size 0.1 and 10: folds %s, split %s; chosen %s and %s; the chosen model predicts %s for %.2f%n",
                    metric, Arrays.toString(folds.avgMetrics()), Arrays.toString(split.validationMetrics()), ofFolds, ofSplit, first.getAs("prediction"), first.<Double>getAs("label"));
            double wanted = metric.equals("r2") ? 10 : 0.1;
            same &= Double.isNaN(folds.avgMetrics()[1]) && Double.isNaN(split.validationMetrics()[1]) && Double.isFinite(folds.avgMetrics()[0]);
            same &= ofFolds == wanted && ofSplit == wanted && Double.isNaN(first.<Double>getAs("prediction")) == metric.equals("r2");
        }
        System.out.println(same ? "AS DESCRIBED" : "IT HAS CHANGED");
        spark.stop();
        System.exit(same ? 0 : 1);
    }
}
JAVA
javac --release 17 -d classes -cp "$(cat classpath)" Tuned.java
opens=()
for package in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent java.util.concurrent.atomic sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
    opens+=("--add-opens=java.base/$package=ALL-UNNAMED")
done
SPARK_LOCAL_IP=127.0.0.1 java "${opens[@]}" -cp "classes:$(cat classpath)" Tuned 2> log || { tail -5 log; exit 1; }
