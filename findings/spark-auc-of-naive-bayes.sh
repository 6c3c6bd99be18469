#!/usr/bin/env bash
# Spark 4.2.0 (spark-mllib_2.13; 3.5.9 does the same): BinaryClassificationEvaluator gives a good NaiveBayes model an AUC of 0.5.
#
# The evaluator's documentation lets rawPrediction be a "length-2 vector of raw predictions, scores, or label probabilities", and that column is the one it reads. Of the two
# values it takes the second alone. Where they are a number and its negative, as of logistic regression, that orders rows as the probability does. But NaiveBayes keeps there
# the logarithm of the joint probability of class and row, which is small for long texts and large for short ones, whatever the class: the order is that of lengths. Here a multinomial
# model is right in 95 % of rows, the column "probability" of the same rows has an AUC of 0.99, and rawPrediction one of 0.50; a gaussian model has 0.96 and 0.65. So a
# CrossValidator with the evaluator as it comes chooses among such models by chance. No warning. (The complement model normalizes its values, and has 0.99 twice.)
#
# For users: setRawPredictionCol("probability"); and let classifiers of your own write raw predictions of two classes as (-x, x).
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

cat > Ranked.java <<'JAVA'
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.NaiveBayes;
import org.apache.spark.ml.classification.ProbabilisticClassificationModel;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

public class Ranked {
    /** Texts of 5 to 204 words, of which 6 in 10 come from the ten words of their class, as counts of the twenty words. */
    static List<Row> texts() {
        Random random = new Random(0);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            int label = i % 2;
            int length = 5 + random.nextInt(200);
            double[] counts = new double[20];
            for (int word = 0; word < length; word++) {
                int words = random.nextDouble() < 0.6 ? label : 1 - label;
                counts[10 * words + random.nextInt(10)]++;
            }
            rows.add(RowFactory.create((double) label, Vectors.dense(counts)));
        }
        return rows;
    }

    static double area(Dataset<Row> rows, String scores) {
        return new BinaryClassificationEvaluator().setRawPredictionCol(scores).evaluate(rows);
    }

    public static void main(String[] arguments) {
        SparkSession spark = SparkSession.builder().master("local[2]").config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "2").getOrCreate();
        System.out.println("Spark " + spark.version());
        StructType schema = new StructType().add("label", DataTypes.DoubleType, false).add("features", SQLDataTypes.VectorType(), false);
        Dataset<Row> rows = spark.createDataFrame(texts(), schema).coalesce(1).cache();
        Map<String, ProbabilisticClassificationModel<Vector, ?>> models = new LinkedHashMap<>();
        models.put("multinomial", new NaiveBayes().fit(rows));
        models.put("gaussian", new NaiveBayes().setModelType("gaussian").fit(rows));
        models.put("complement", new NaiveBayes().setModelType("complement").fit(rows));
        models.put("logistic regression", new LogisticRegression().fit(rows));
        boolean same = true;
        for (Map.Entry<String, ProbabilisticClassificationModel<Vector, ?>> model : models.entrySet()) {
            Dataset<Row> scored = model.getValue().transform(rows);
            double accuracy = new MulticlassClassificationEvaluator().setMetricName("accuracy").evaluate(scored);
            double raw = area(scored, "rawPrediction"), probability = area(scored, "probability");
            System.out.printf("%-20s accuracy %.3f, AUC of probability %.3f, of rawPrediction %.3f; raw prediction of the first row %s%n",
                    model.getKey(), accuracy, probability, raw, scored.first().getAs("rawPrediction"));
            boolean wrong = model.getKey().equals("multinomial") ? raw < 0.6 : model.getKey().equals("gaussian") && raw < 0.8;
            same &= accuracy > 0.8 && probability > 0.95 && (wrong || Math.abs(raw - probability) < 0.001);
            same &= wrong == (model.getKey().equals("multinomial") || model.getKey().equals("gaussian"));
        }
        System.out.println(same ? "AS DESCRIBED" : "IT HAS CHANGED");
        spark.stop();
        System.exit(same ? 0 : 1);
    }
}
JAVA
javac --release 17 -d classes -cp "$(cat classpath)" Ranked.java
opens=()
for package in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent java.util.concurrent.atomic sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
    opens+=("--add-opens=java.base/$package=ALL-UNNAMED")
done
SPARK_LOCAL_IP=127.0.0.1 java "${opens[@]}" -cp "classes:$(cat classpath)" Ranked 2> log || { tail -5 log; exit 1; }
