#!/usr/bin/env bash
# Spark 4.1.0 (3.5.9 does the same): allGather of a barrier stage takes a second, and the exception of a barrier task does not reach the driver.
#
# BarrierTaskContext.allGather and barrier are what tasks that start together (RDD.barrier) meet by. Each call sleeps a second before it looks for its answer, so two
# tasks of one JVM that are both there wait a second for nothing, and a loop that meets in each optimiser step makes less than one step a second. And where a task of
# such a stage throws, the driver's SparkException has no cause, whereas that of any other stage has the task's own exception: who handles failures by
# their type gets text in which the stack trace is part of the message.
#
# For users: do not meet in a loop; exchange data by connections of your own, after one meeting at most. Let a barrier task give its failure back as a value.
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
    <dependency><groupId>org.apache.spark</groupId><artifactId>spark-core_2.13</artifactId><version>4.1.0</version></dependency>
  </dependencies>
</project>
XML
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath -Dmdep.outputFile=classpath

cat > Barrier.java <<'JAVA'
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Function1;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

public class Barrier {
    interface Task extends Function1<Iterator<Integer>, Iterator<String>>, Serializable {}

    static List<String> together(JavaSparkContext spark, Task task) {
        ClassTag<String> type = ClassTag$.MODULE$.apply(String.class);
        JavaRDD<Integer> two = spark.parallelize(List.of(0, 1), 2);
        return JavaRDD.fromRDD(two.rdd().barrier().mapPartitions(task, false, type), type).collect();
    }

    static Iterator<String> one(String text) {
        return CollectionConverters.asScala(List.of(text).iterator());
    }

    /** Milliseconds of the second of two calls, for which nobody is late. */
    static long millis() {
        BarrierTaskContext context = BarrierTaskContext.get();
        context.allGather("first");
        long start = System.nanoTime();
        String[] texts = context.allGather("task " + context.partitionId());
        long took = (System.nanoTime() - start) / 1_000_000;
        if (!Arrays.asList(texts).equals(List.of("task 0", "task 1"))) {
            throw new IllegalStateException(Arrays.toString(texts));
        }
        return took;
    }

    public static void main(String[] arguments) {
        SparkConf conf = new SparkConf().setMaster("local[2]").setAppName("barrier").set("spark.ui.enabled", "false");
        boolean failed = false;
        try (JavaSparkContext spark = new JavaSparkContext(conf)) {
            System.out.println("Spark " + spark.version());
            for (String took : together(spark, own -> one(Long.toString(millis())))) {
                boolean aSecond = Long.parseLong(took) >= 1000;
                System.out.println("allGather of two tasks that are both there: a second or more: " + aSecond
                        + " (" + took + " ms)");
                failed |= !aSecond;
            }
            long start = System.nanoTime();
            JavaRDD<Integer> plain = spark.parallelize(List.of(0, 1), 2).map(number -> number + 1);
            plain.collect();
            System.out.println("a whole job of two plain tasks, for comparison: "
                    + (System.nanoTime() - start) / 1_000_000 + " ms");
            failed |= !cause(spark, false).equals("class java.lang.UnsupportedOperationException");
            failed |= !cause(spark, true).equals("none");
        }
        if (failed) {
            System.out.println("IT HAS CHANGED");
        }
        System.exit(failed ? 1 : 0);
    }

    /** The class of the cause that a driver gets where a task throws. */
    static String cause(JavaSparkContext spark, boolean barrier) {
        String cause = "no failure";
        try {
            if (barrier) {
                together(spark, own -> {
                    throw new UnsupportedOperationException("as an example");
                });
            } else {
                spark.parallelize(List.of(0, 1), 2)
                        .map(number -> {
                            throw new UnsupportedOperationException("as an example");
                        })
                        .collect();
            }
        } catch (Exception e) {
            cause = e.getCause() == null ? "none" : e.getCause().getClass().toString();
        }
        System.out.println((barrier ? "barrier" : "plain") + " job: the cause of the driver's exception: " + cause);
        return cause;
    }
}
JAVA
javac --release 17 -d classes -cp "$(cat classpath)" Barrier.java
opens=()
for package in java.lang java.lang.invoke java.net java.nio java.util java.util.concurrent sun.nio.ch sun.util.calendar; do
    opens+=("--add-opens=java.base/$package=ALL-UNNAMED")
done
SPARK_LOCAL_IP=127.0.0.1 java "${opens[@]}" -cp "classes:$(cat classpath)" Barrier 2> log || { tail -5 log; exit 1; }

# Seen:
# Spark 4.1.0
# allGather of two tasks that are both there: a second or more: true (1007 ms)
# allGather of two tasks that are both there: a second or more: true (1003 ms)
# a whole job of two plain tasks, for comparison: 196 ms
# plain job: the cause of the driver's exception: class java.lang.UnsupportedOperationException
# barrier job: the cause of the driver's exception: none
