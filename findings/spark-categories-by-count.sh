#!/usr/bin/env bash
# Spark 4.2.0 (spark-mllib_2.13; 3.5.9 does the same): trees for two classes order categories by the number of rows of class 1 in them, not by their share, and so miss the best split.
#
# Of k categories a tree looks at k - 1 of the 2^(k-1) - 1 splits: those along an order. Ordered by the share of class 1, the best of all is among them (Breiman et al. 1984), and
# that is what Spark's guide says it does ("proportions of label 1 are 0.2, 0.6 and 0.4, ... ordered as A, C, B"). But since SPARK-10524 the order is that of counts, where a large
# category of few positives is the same as a small one of many. Here four categories of 100 to 700 rows are of class 1 throughout, and four of 10,000 rows each to 2 to 8 %:
# the classifier's split gains 0.004, the best one, which DecisionTreeRegressor finds in the same rows, 0.067. Five levels are needed for what one split
# says. Random forests for two classes do the same; boosted trees, which are regression trees, do not.
#
# For users: with categories of unequal size and two classes take GBTClassifier, or a RandomForestRegressor of the label as 0 and 1 (its variance is half the Gini impurity).
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

cat > Categories.java <<'JAVA'
import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.classification.DecisionTreeClassifier;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.classification.RandomForestClassifier;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.regression.DecisionTreeRegressor;
import org.apache.spark.ml.tree.CategoricalSplit;
import org.apache.spark.ml.tree.InternalNode;
import org.apache.spark.ml.tree.Node;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

public class Categories {
    /** Rows and rows of class 1 of each category. Even ones are of class 1 throughout. */
    static final int[] SIZES = {100, 10_000, 300, 10_000, 500, 10_000, 700, 10_000};
    static final int[] ONES = {100, 200, 300, 400, 500, 600, 700, 800};

    static double gini(double ones, double rows) {
        return rows == 0 ? 0 : 2 * (ones / rows) * (1 - ones / rows);
    }

    /** What the Gini impurity falls by where categories are split in two, by its definition. */
    static double gain(TreeSet<Integer> left) {
        double rows = 0, ones = 0, leftRows = 0, leftOnes = 0;
        for (int c = 0; c < SIZES.length; c++) {
            rows += SIZES[c];
            ones += ONES[c];
            leftRows += left.contains(c) ? SIZES[c] : 0;
            leftOnes += left.contains(c) ? ONES[c] : 0;
        }
        return gini(ones, rows) - leftRows / rows * gini(leftOnes, leftRows) - (rows - leftRows) / rows * gini(ones - leftOnes, rows - leftRows);
    }

    static TreeSet<Integer> set(int bits) {
        TreeSet<Integer> set = new TreeSet<>();
        for (int c = 0; c < SIZES.length; c++) {
            if ((bits >> c & 1) == 1) {
                set.add(c);
            }
        }
        return set;
    }

    /** The part of the first split that has category 0. */
    static TreeSet<Integer> split(Node root) {
        CategoricalSplit split = (CategoricalSplit) ((InternalNode) root).split();
        TreeSet<Integer> left = new TreeSet<>(), right = new TreeSet<>();
        Arrays.stream(split.leftCategories()).forEach(c -> left.add((int) c));
        Arrays.stream(split.rightCategories()).forEach(c -> right.add((int) c));
        return left.contains(0) ? left : right;
    }

    static TreeSet<Integer> shown(String what, TreeSet<Integer> part) {
        System.out.printf("%-32s %s and the others, gain %.4f%n", what, part, gain(part));
        return part;
    }

    public static void main(String[] arguments) {
        SparkSession spark = SparkSession.builder().master("local[2]").config("spark.ui.enabled", "false").getOrCreate();
        System.out.println("Spark " + spark.version());
        List<Row> list = new ArrayList<>();
        for (int c = 0; c < SIZES.length; c++) {
            for (int i = 0; i < SIZES[c]; i++) {
                list.add(RowFactory.create(i < ONES[c] ? 1.0 : 0.0, (double) c));
            }
        }
        Dataset<Row> rows = new VectorAssembler().setInputCols(new String[] {"category"}).setOutputCol("features")
                .transform(spark.createDataFrame(list, new StructType().add("label", "double").add("category", "double"))
                        .withColumn("category", col("category").as("category",
                                NominalAttribute.defaultAttr().withName("category").withNumValues(SIZES.length).toMetadata())))
                .cache();

        TreeSet<Integer> best = set(1);
        for (int bits = 1; bits < 1 << SIZES.length; bits += 2) {
            best = gain(set(bits)) > gain(best) ? set(bits) : best;
        }
        shown("best of all 127 splits:", best);
        TreeSet<Integer> classifier = shown("DecisionTreeClassifier:", split(new DecisionTreeClassifier().setMaxDepth(1).fit(rows).rootNode()));
        TreeSet<Integer> forest = shown("RandomForestClassifier:", split(new RandomForestClassifier().setNumTrees(1).setMaxDepth(1).fit(rows).trees()[0].rootNode()));
        TreeSet<Integer> regressor = shown("DecisionTreeRegressor:", split(new DecisionTreeRegressor().setMaxDepth(1).fit(rows).rootNode()));
        TreeSet<Integer> boosted = shown("GBTClassifier, first tree:", split(new GBTClassifier().setMaxIter(1).setMaxDepth(1).fit(rows).trees()[0].rootNode()));
        boolean same = best.equals(new TreeSet<>(List.of(0, 2, 4, 6))) && regressor.equals(best) && boosted.equals(best);
        same &= gain(classifier) < 0.1 * gain(best) && forest.equals(classifier);
        for (int depth = 1; depth <= 8; depth++) {
            long wrong = new DecisionTreeClassifier().setMaxDepth(depth).fit(rows).transform(rows).where("prediction <> label").count();
            System.out.println("classifier of depth " + depth + ": wrong about " + wrong + " rows");
            same &= (wrong == 2_000) == (depth >= 5); // those that have label 1 in categories of label 0
        }
        System.out.println(same ? "AS DESCRIBED" : "IT HAS CHANGED");
        spark.stop();
        System.exit(same ? 0 : 1);
    }
}
JAVA
javac --release 17 -d classes -cp "$(cat classpath)" Categories.java
opens=()
for package in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent java.util.concurrent.atomic sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
    opens+=("--add-opens=java.base/$package=ALL-UNNAMED")
done
SPARK_LOCAL_IP=127.0.0.1 java "${opens[@]}" -cp "classes:$(cat classpath)" Categories 2> log || { tail -5 log; exit 1; }
