#!/usr/bin/env bash
# Spark 4.2.0 (spark-mllib_2.13; 3.5.9 does the same): trees on more than 10,000 rows may ignore a 0/1 column altogether where the zeros are few, and learn it where it is stored as 1 - x.
#
# Trees look for splits of numbers in a sample of about 10,000 rows, count its values that are not zero, and take for zeros what is missing from exactly 10,000 (since
# SPARK-22751, to save a shuffle). But the sample is 10,000 rows only on average. Where it happens to be larger by more than the zeros in it, the zero is no value of the
# column, the column is constant, and no tree of the forest or of boosted trees can split it, though the sample has the zeros. Of 100,000 rows 500 are 0 here, and all
# 500 and no others have label 1: with 8 of 20 seeds the tree predicts label 0 for everything, and with the same seed a forest and boosted trees, too. The same column
# as 1 - x, as x + 1, or declared as a category is learned with every seed, and so is x from 10,000 rows. No warning.
#
# For users: store flags so that 1 is the rare value, or declare them as categories (VectorIndexer, or a NominalAttribute in the column's metadata), and look at
# featureImportances for exact zeros.
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

cat > Flags.java <<'JAVA'
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.classification.DecisionTreeClassifier;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.classification.RandomForestClassifier;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.Metadata;

public class Flags {
    static final int SEEDS = 20;

    /** Rows of which each 200th has label 1, with the flag as the expression makes it of x, which is 0 in those rows and 1 in all others. */
    static Dataset<Row> rows(SparkSession spark, long count, String flag, Metadata metadata) {
        Dataset<Row> rows = spark.range(0, count, 1, 2)
                .selectExpr("cast(id % 200 = 0 AS double) AS label", "cast(id % 200 > 0 AS double) AS x", "abs(xxhash64(id) % 1000) / 1000 AS noise")
                .withColumn("flag", expr(flag))
                .withColumn("flag", col("flag").as("flag", metadata));
        if (rows.where("(x = 0) <> (label = 1)").count() > 0) {
            throw new AssertionError("one comparison must tell the labels");
        }
        return new VectorAssembler().setInputCols(new String[] {"flag", "noise"}).setOutputCol("features").transform(rows).cache();
    }

    /** The seeds with which a tree gives label 0 to a row of label 1. */
    static List<Integer> missing(Dataset<Row> rows, double flag) {
        List<Integer> seeds = new ArrayList<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            if (new DecisionTreeClassifier().setMaxDepth(2).setSeed(seed).fit(rows).predict(Vectors.dense(flag, 0.5)) != 1) {
                seeds.add(seed);
            }
        }
        return seeds;
    }

    public static void main(String[] arguments) {
        SparkSession spark = SparkSession.builder().master("local[2]").config("spark.ui.enabled", "false").getOrCreate();
        System.out.println("Spark " + spark.version());
        Metadata number = Metadata.empty();
        Metadata category = NominalAttribute.defaultAttr().withName("flag").withNumValues(2).toMetadata();
        Dataset<Row> many = rows(spark, 100_000, "x", number);
        List<Integer> missed = missing(many, 0);
        System.out.println("100,000 rows, x:                learned with " + (SEEDS - missed.size()) + " of " + SEEDS + " seeds, not with " + missed);
        boolean same = !missed.isEmpty();
        same &= always("100,000 rows, 1 - x:            ", missing(rows(spark, 100_000, "1 - x", number), 1));
        same &= always("100,000 rows, x + 1:            ", missing(rows(spark, 100_000, "x + 1", number), 1));
        same &= always("100,000 rows, x as a category:  ", missing(rows(spark, 100_000, "x", category), 0));
        same &= always("10,000 rows, x:                 ", missing(rows(spark, 10_000, "x", number), 0));
        if (same) {
            int seed = missed.get(0);
            double forest = new RandomForestClassifier().setNumTrees(20).setSeed(seed).fit(many).featureImportances().apply(0);
            double boosted = new GBTClassifier().setMaxIter(5).setSeed(seed).fit(many).featureImportances().apply(0);
            System.out.println("with seed " + seed + " the importance of x is " + forest + " in a forest of 20 trees and " + boosted + " in 5 boosted ones");
            same = forest == 0 && boosted == 0;
        }
        System.out.println(same ? "AS DESCRIBED" : "IT HAS CHANGED");
        spark.stop();
        System.exit(same ? 0 : 1);
    }

    static boolean always(String what, List<Integer> missed) {
        System.out.println(what + "learned with " + (SEEDS - missed.size()) + " of " + SEEDS + " seeds");
        return missed.isEmpty();
    }
}
JAVA
javac --release 17 -d classes -cp "$(cat classpath)" Flags.java
opens=()
for package in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent java.util.concurrent.atomic sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
    opens+=("--add-opens=java.base/$package=ALL-UNNAMED")
done
SPARK_LOCAL_IP=127.0.0.1 java "${opens[@]}" -cp "classes:$(cat classpath)" Flags 2> log || { tail -5 log; exit 1; }
