#!/usr/bin/env bash
# Spark 4.2.0 (spark-mllib_2.13; 3.5.9 does the same): an ALSModel or FPGrowthModel that is loaded and saved with overwrite where it came from is lost.
#
# model.write().overwrite().save(path) deletes the directory first. The factors of an ALSModel and the item sets of an FPGrowthModel are DataFrames, and load only
# plans to read their files: so the save deletes what it is about to write, fails because a file does not exist, and leaves a directory that has metadata and no data.
# The model that was in memory cannot predict any more either. Models whose data load reads at once, such as LogisticRegressionModel, are saved over themselves without
# harm, and a PipelineModel is as safe as its stages.
#
# For users: a nightly job that loads a model, sets a parameter and saves it must save beside it and swap the directories (or read the factors into memory first).
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

cat > Over.java <<'JAVA'
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.fpm.FPGrowth;
import org.apache.spark.ml.fpm.FPGrowthModel;
import org.apache.spark.ml.recommendation.ALS;
import org.apache.spark.ml.recommendation.ALSModel;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

public class Over {
    interface Loading {
        MLWritable load(String path);
    }

    interface Use {
        long rows(MLWritable model);
    }

    static boolean works(Runnable work) {
        try {
            work.run();
            return true;
        } catch (RuntimeException e) {
            String text = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            System.out.println("    " + e.getClass().getSimpleName() + ": " + text.replaceAll("file:\\S*/", ".../").replaceAll("[0-9a-f-]{30,}", "..."));
            return false;
        } catch (Exception e) { // Scala throws checked ones, too
            System.out.println("    " + e.getClass().getSimpleName());
            return false;
        }
    }

    /** Whether saving over itself, using the model and loading it again work: three letters, + or -. */
    static String over(MLWritable fitted, Loading loading, Use use) {
        String path = fitted.getClass().getSimpleName();
        System.out.println(path);
        save(fitted, path);
        MLWritable loaded = loading.load(path);
        String result = works(() -> save(loaded, path)) ? "+" : "-";
        result += works(() -> System.out.println("    rows from the model in memory: " + use.rows(loaded))) ? "+" : "-";
        result += works(() -> System.out.println("    rows from the model on disk: " + use.rows(loading.load(path)))) ? "+" : "-";
        System.out.println("    saved over itself, used in memory, loaded again: " + result);
        return result;
    }

    static void save(MLWritable model, String path) {
        try {
            model.write().overwrite().save(path);
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public static void main(String[] arguments) {
        SparkSession spark = SparkSession.builder().master("local[2]").config("spark.ui.enabled", "false").getOrCreate();
        System.out.println("Spark " + spark.version());
        Dataset<Row> ratings = spark.range(60).selectExpr(
                "cast(id % 6 as int) AS user", "cast(id % 10 as int) AS item", "cast(id % 5 as float) AS rating");
        Dataset<Row> baskets = spark.range(20).selectExpr("array(concat('a', id % 2), concat('b', id % 3)) AS items");
        Dataset<Row> rows = new VectorAssembler().setInputCols(new String[] {"x"}).setOutputCol("features")
                .transform(spark.range(40).selectExpr("cast(id AS double) AS x", "cast(id > 20 AS double) AS label"));

        List<String> results = new ArrayList<>();
        results.add(over(new LogisticRegression().fit(rows), LogisticRegressionModel::load,
                model -> ((LogisticRegressionModel) model).transform(rows).collectAsList().size()));
        results.add(over(new ALS().setUserCol("user").setItemCol("item").setSeed(1).fit(ratings), ALSModel::load,
                model -> ((ALSModel) model).transform(ratings).collectAsList().size()));
        results.add(over(new FPGrowth().setItemsCol("items").setMinSupport(0.1).fit(baskets), FPGrowthModel::load,
                model -> ((FPGrowthModel) model).freqItemsets().collectAsList().size()));
        spark.stop();
        boolean same = results.equals(List.of("+++", "---", "---"));
        System.out.println(same ? "AS DESCRIBED" : "IT HAS CHANGED: " + results);
        System.exit(same ? 0 : 1);
    }
}
JAVA
javac --release 17 -d classes -cp "$(cat classpath)" Over.java
opens=()
for package in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent java.util.concurrent.atomic sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
    opens+=("--add-opens=java.base/$package=ALL-UNNAMED")
done
SPARK_LOCAL_IP=127.0.0.1 java "${opens[@]}" -cp "classes:$(cat classpath)" Over 2> log || { tail -5 log; exit 1; }
