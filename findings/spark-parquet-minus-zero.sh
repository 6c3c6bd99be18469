#!/usr/bin/env bash
# Spark 4.2.0 (3.5.9 does the same): a filter on zero loses the rows whose zero is -0.0, if they come from a Parquet file.
#
# For Spark -0.0 = 0.0 (SPARK-26021: in comparisons, joins and groups), and the product of 0 and a negative number is -0.0. A filter on a Parquet file is
# also given to the reader, which looks into the dictionary of each row group: it compares objects, for which 0.0 and -0.0 differ, and drops row groups that have only
# the one. So x = 0, x IN (0, 7), x >= 0 and x BETWEEN 0 AND 1 find nothing in a column of 5,000 times -0.0 and 5,000 times -5.0, which Spark itself wrote, and 5,000 rows in
# the same DataFrame in memory, in a file without dictionaries, in a join, or with spark.sql.parquet.filterPushdown=false. Where a row group has both zeros, all is well: so the
# answer changes with how rows are divided among files. Spark 3.5.9 loses them in the join, too. No warning.
#
# For users: write x + 0.0D, which makes 0.0 of -0.0, before a column of signed numbers is stored; or compare abs(x), which is not given to the reader.
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
    <dependency><groupId>org.apache.spark</groupId><artifactId>spark-sql_2.13</artifactId><version>4.2.0</version></dependency>
  </dependencies>
</project>
XML
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath -Dmdep.outputFile=classpath

cat > Zeros.java <<'JAVA'
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

public class Zeros {
    interface Condition {
        boolean of(double x);
    }

    public static void main(String[] arguments) {
        SparkSession spark = SparkSession.builder().master("local[2]").config("spark.ui.enabled", "false").getOrCreate();
        System.out.println("Spark " + spark.version());
        Dataset<Row> rows = spark.range(0, 10_000, 1, 1).selectExpr("-(5 * cast(id % 2 AS double)) AS x");
        rows.write().parquet("file");
        rows.write().option("parquet.enable.dictionary", "false").parquet("plain");
        rows.unionAll(spark.sql("SELECT 0.0D AS x")).coalesce(1).write().parquet("both");
        rows.selectExpr("x + 0.0D AS x").write().parquet("mended");
        double[] values = rows.collectAsList().stream().mapToDouble(row -> row.getDouble(0)).toArray();

        Map<String, Condition> conditions = new LinkedHashMap<>();
        conditions.put("x = 0", x -> x == 0);
        conditions.put("x IN (0, 7)", x -> x == 0 || x == 7);
        conditions.put("x >= 0", x -> x >= 0);
        conditions.put("x BETWEEN 0 AND 1", x -> x >= 0 && x <= 1);
        conditions.put("abs(x) = 0", x -> Math.abs(x) == 0);
        boolean same = true;
        for (Map.Entry<String, Condition> condition : conditions.entrySet()) {
            String sql = condition.getKey();
            long right = Arrays.stream(values).filter(x -> condition.getValue().of(x)).count();
            long memory = rows.where(sql).count(), plain = spark.read().parquet("plain").where(sql).count();
            long both = spark.read().parquet("both").where(sql).count() - 1; // and the 0.0
            long file = spark.read().parquet("file").where(sql).count();
            long mended = spark.read().parquet("mended").where(sql).count();
            spark.conf().set("spark.sql.parquet.filterPushdown", "false");
            long unpushed = spark.read().parquet("file").where(sql).count();
            spark.conf().set("spark.sql.parquet.filterPushdown", "true");
            System.out.printf("%-18s by Java %d; memory %d, file %d, file without push-down %d, without dictionary %d, with one 0.0 more %d, stored as x + 0.0D %d%n",
                    sql, right, memory, file, unpushed, plain, both, mended);
            same &= right == 5_000 && List.of(memory, plain, both, unpushed, mended).stream().allMatch(count -> count == right);
            same &= file == (sql.startsWith("abs") ? right : 0);
        }
        long joined = spark.read().parquet("file").join(spark.sql("SELECT 0.0D AS x"), "x").count();
        System.out.println("rows joined with one 0.0: " + joined);
        same &= joined == 5_000;
        System.out.println(same ? "AS DESCRIBED" : "IT HAS CHANGED");
        spark.stop();
        System.exit(same ? 0 : 1);
    }
}
JAVA
javac --release 17 -d classes -cp "$(cat classpath)" Zeros.java
opens=()
for package in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent java.util.concurrent.atomic sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
    opens+=("--add-opens=java.base/$package=ALL-UNNAMED")
done
SPARK_LOCAL_IP=127.0.0.1 java "${opens[@]}" -cp "classes:$(cat classpath)" Zeros 2> log || { tail -5 log; exit 1; }
