#!/usr/bin/env bash
# Spark 4.2.0 (spark-mllib_2.13): a Maven project that asks for spark-mllib alone cannot start a session.
#
# spark-mllib's POM names no scala-library, so Maven takes the nearest, which scala-parser-combinators asks for: 2.13.13, beside the scala-reflect 2.13.18 that
# Spark itself asks for. The two come in one release and call each other's insides, so SparkSession's builder ends with a NoSuchMethodError, though nothing is
# missing and nothing but Spark ML was declared. Where spark-sql_2.13 is declared, too, before or behind it, all is right.
#
# For users: declare spark-sql beside spark-mllib, or scala-library in Spark's own version. Where SPARK_HOME provides the jars, nothing is wrong.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir classes
cat > Start.java <<'JAVA'
import org.apache.spark.sql.SparkSession;

public class Start {
    public static void main(String[] arguments) throws Exception {
        try (SparkSession session = SparkSession.builder()
                .master("local[1]")
                .config("spark.ui.enabled", "false")
                .getOrCreate()) {
            System.out.println("a session of Spark " + session.version() + " counts " + session.range(3).count());
        }
    }
}
JAVA

dependency() { # dependency GROUP ARTIFACT VERSION
    printf '<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>' "$@"
}
jars() { # jars FILE DEPENDENCY...
    local file=$1
    shift
    printf '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>look</groupId><artifactId>look</artifactId>%s' \
        "<version>1</version><dependencies>$*</dependencies></project>" > pom.xml
    mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath -Dmdep.outputFile="$file"
    tr ':' '\n' < "$file" | sed -n 's#.*/\(scala-\(library\|reflect\)-[0-9.]*\)\.jar#  \1#p' | sort
}
opens=()
for name in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent java.util.concurrent.atomic sun.nio.ch sun.nio.cs \
    sun.security.action sun.util.calendar; do
    opens+=("--add-opens=java.base/$name=ALL-UNNAMED")
done
start() { # start FILE
    java "${opens[@]}" -cp "classes:$(< "$1")" Start 2>&1 | grep -E -m 1 'a session of|NoSuchMethodError|Exception' || true
}

mllib=$(dependency org.apache.spark spark-mllib_2.13 4.2.0)
echo "spark-mllib alone:"
jars alone "$mllib" | tee alone.txt
javac -cp "$(< alone)" -d classes Start.java
start alone | tee alone.out
echo "spark-mllib and spark-sql:"
jars both "$mllib" "$(dependency org.apache.spark spark-sql_2.13 4.2.0)" | tee both.txt
start both | tee both.out

grep -q 'scala-library-2\.13\.13' alone.txt
grep -q 'scala-reflect-2\.13\.18' alone.txt
grep -q 'NoSuchMethodError' alone.out
grep -q 'scala-library-2\.13\.18' both.txt
grep -q 'a session of Spark 4\.2\.0 counts 3' both.out
