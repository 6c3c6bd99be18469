#!/usr/bin/env bash
# Spark 4.2.0 (spark-mllib_2.13): linear regression and gaussian NaiveBayes lose a column that varies little around a large number.
#
# Julian dates of one night run from 2460000.5 to 2460000.9. A straight line of slope 3 through 1,000 such rows, with noise of 0.01, is fitted with a slope of 0.53 and an R2 of 0.32 by
# LinearRegression, with the same slope by GeneralizedLinearRegression; of the same rows less their mean it is 3.00 and 0.999. Gaussian NaiveBayes for "before or after the middle of
# the night" reports negative variances and gives all rows one class; shifted, it is right in every row. Around 1e8 the slope is 0. Doubles hold these numbers to 5e-10: nothing is
# lost in the data. But variances are computed as the mean of squares less the square of the mean, where squares of 6e12 leave an error of 1e-3 or more for a variance of
# 0.013. LinearRegression's parameter "standardization" promises to bring features to one scale before they are fitted, and the documentation has no bound for them; Correlation.corr,
# which subtracts means first, says 0.9996 of the same column. How wrong the slope is depends on how rows are divided into partitions. No warning.
#
# For users: put a StandardScaler with setWithMean(true) before these stages, or subtract a constant: dates, identifiers, frequencies and coordinates are columns of this kind.
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

cat > Means.java <<'JAVA'
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.classification.NaiveBayes;
import org.apache.spark.ml.classification.NaiveBayesModel;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.GeneralizedLinearRegression;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.ml.stat.Correlation;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

public class Means {
    static final int ROWS = 1000;

    /** What the stages find in one column. */
    record Found(double slope, double generalized, double determination, double variance, double accuracy, double correlation) {
        static Found in(Dataset<Row> rows) {
            LinearRegressionModel line = new LinearRegression().fit(rows);
            double generalized = new GeneralizedLinearRegression().fit(rows).coefficients().apply(0);
            NaiveBayesModel bayes = new NaiveBayes().setModelType("gaussian").setLabelCol("late").fit(rows);
            double accuracy = new MulticlassClassificationEvaluator().setLabelCol("late").setMetricName("accuracy").evaluate(bayes.transform(rows));
            Dataset<Row> both = new VectorAssembler()
                    .setInputCols(new String[] {"features", "label"}).setOutputCol("both").transform(rows);
            double correlation = ((Matrix) Correlation.corr(both, "both").head().get(0)).apply(0, 1);
            return new Found(line.coefficients().apply(0), generalized, line.summary().r2(), bayes.sigma().apply(0, 0), accuracy, correlation);
        }

        boolean right() {
            return Math.abs(slope - 3) < 0.01 && Math.abs(generalized - 3) < 0.01 && determination > 0.99 && variance > 0
                    && accuracy > 0.99;
        }
    }

    public static void main(String[] arguments) {
        SparkSession spark = SparkSession.builder().master("local[2]").config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "2").getOrCreate();
        System.out.println("Spark " + spark.version());
        StructType schema = new StructType()
                .add("label", DataTypes.DoubleType, false).add("late", DataTypes.DoubleType, false).add("features", SQLDataTypes.VectorType(), false);
        boolean same = true;
        for (double start : new double[] {0, 1e4, 2460000.5, 1e8}) {
            Random random = new Random(0);
            List<Row> values = new ArrayList<>();
            for (int i = 0; i < ROWS; i++) {
                double hour = 0.4 * i / ROWS;
                values.add(RowFactory.create(3 * hour + 0.01 * random.nextGaussian(), hour > 0.2 ? 1.0 : 0.0, Vectors.dense(start + hour)));
            }
            Dataset<Row> rows = spark.createDataFrame(values, schema).coalesce(1).cache();
            Found found = Found.in(rows);
            Dataset<Row> scaled = new StandardScaler().setWithMean(true).setWithStd(false).setInputCol("features").setOutputCol("scaled")
                    .fit(rows).transform(rows).drop("features").withColumnRenamed("scaled", "features");
            Found mended = Found.in(scaled);
            System.out.printf("from %.1f:%n  as it is:        %s%n  less its mean:   %s%n", start, found, mended);
            same &= mended.right() && found.right() == (start < 1e6) && found.correlation() > 0.999;
            same &= start < 1e6 || Math.abs(found.slope() - 3) > 1 && found.variance() < 0 && found.accuracy() < 0.6;
        }
        System.out.println(same ? "AS DESCRIBED" : "IT HAS CHANGED");
        spark.stop();
        System.exit(same ? 0 : 1);
    }
}
JAVA
javac --release 17 -d classes -cp "$(cat classpath)" Means.java
opens=()
for package in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent java.util.concurrent.atomic sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
    opens+=("--add-opens=java.base/$package=ALL-UNNAMED")
done
SPARK_LOCAL_IP=127.0.0.1 java "${opens[@]}" -cp "classes:$(cat classpath)" Means 2> log || { tail -5 log; exit 1; }
