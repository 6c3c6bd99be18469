#!/usr/bin/env bash
# Spark 4.2.0 (spark-mllib_2.13; 3.5.9 does the same): BinaryClassificationEvaluator gives a perfect ranking of rare positives an areaUnderPR of 0.1, and a mediocre one more.
#
# 100,000 rows, 10 of them positive, as of fraud or failures. A model that gives each row a score of its own and ranks the ten positives first has an area under precision and recall of
# 1, by definition. The evaluator says 0.100. A model that knows four grades of risk, with the ten positives among the 25 rows of the highest, has 0.4 and gets 0.4: compared by
# areaUnderPR, which is what one takes for rare positives, the coarse model wins. The perfect ranking and one that has the ten positives at the
# places 91 to 100 (0.06 by definition) get the same number.
#
# Why: numBins, 1,000 unless told otherwise, "down-samples the curves to this number of bins". Rows are merged by hundreds in the order of scores, so the first point of the curve is where
# 100 rows are called positive: recall 1, precision 10/100. Of scores with at most 2,000 distinct values nothing is merged. So the error depends on how many distinct scores a
# model has and how many rows there are, not on the model: the same ranking has 1.000 with 1,999 rows and 0.100 with 100,000. areaUnderROC hides it: all is well there to 0.001. No warning.
#
# For users: setNumBins(0) where positives are rarer than one in a hundred or so, and rows fewer than the memory of a driver holds points for.
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

cat > Rare.java <<'JAVA'
import java.util.Arrays;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

public class Rare {
    static final int POSITIVES = 10;

    /** Rows by their rank, of which those from {@code first} on are positive, with a score. */
    static Dataset<Row> ranked(SparkSession spark, long rows, int first, String score) {
        return spark.range(rows).selectExpr("double(id >= " + first + " AND id < " + (first + POSITIVES) + ") AS label", "double(" + score + ") AS rawPrediction");
    }

    static double area(Dataset<Row> rows, String metric, int bins) {
        return new BinaryClassificationEvaluator().setMetricName(metric).setNumBins(bins).evaluate(rows);
    }

    /** The sum of precisions where recall rises: rows of one score count together. */
    static double byDefinition(Dataset<Row> rows) {
        double[] area = new double[1];
        long[] seen = new long[2];
        rows.groupBy("rawPrediction").agg(org.apache.spark.sql.functions.expr("sum(label)"), org.apache.spark.sql.functions.expr("count(*)"))
                .orderBy(org.apache.spark.sql.functions.col("rawPrediction").desc()).collectAsList().forEach(group -> {
                    seen[0] += (long) group.getDouble(1);
                    seen[1] += group.getLong(2);
                    area[0] += group.getDouble(1) / POSITIVES * seen[0] / seen[1];
                });
        return area[0];
    }

    public static void main(String[] arguments) {
        SparkSession spark = SparkSession.builder().master("local[2]").config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "2").getOrCreate();
        System.out.println("Spark " + spark.version());
        System.out.printf("%-52s %13s %13s %11s %13s%n", "ranking", "by definition", "as it comes", "numBins = 0", "areaUnderROC");
        String grades = "CASE WHEN id < 25 THEN 3 WHEN id < 1000 THEN 2 WHEN id < 20000 THEN 1 ELSE 0 END";
        double[][] expected = {{1, 0.1, 1}, {0.4, 0.4, 0.4}, {0.056, 0.1, 0.056}, {1, 1, 1}};
        String[] names = {"100,000 rows, positives first", "100,000 rows in four grades, 10 of 25 in the first", "100,000 rows, positives at 91 to 100", "1,999 rows, positives first"};
        boolean same = true;
        for (int i = 0; i < names.length; i++) {
            Dataset<Row> rows = ranked(spark, i == 3 ? 1999 : 100_000, i == 2 ? 90 : 0, i == 1 ? grades : "-id").cache();
            double[] found = {byDefinition(rows), area(rows, "areaUnderPR", 1000), area(rows, "areaUnderPR", 0)};
            double roc = area(rows, "areaUnderROC", 1000);
            System.out.printf("%-52s %13.3f %13.3f %11.3f %13.3f%n", names[i], found[0], found[1], found[2], roc);
            for (int column = 0; column < found.length; column++) {
                same &= Math.abs(found[column] - expected[i][column]) < 0.02;
            }
            same &= roc > 0.998;
        }
        System.out.println(same ? "AS DESCRIBED" : "IT HAS CHANGED");
        spark.stop();
        System.exit(same ? 0 : 1);
    }
}
JAVA
javac --release 17 -d classes -cp "$(cat classpath)" Rare.java
opens=()
for package in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent java.util.concurrent.atomic sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
    opens+=("--add-opens=java.base/$package=ALL-UNNAMED")
done
SPARK_LOCAL_IP=127.0.0.1 java "${opens[@]}" -cp "classes:$(cat classpath)" Rare 2> log || { tail -5 log; exit 1; }
