package io.retort;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Executable;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One jar, compiled for Spark 3.5 and Scala 2.12, on both Sparks: each a folder of the jars that Maven resolved. */
@Tag("spark4")
class Spark4IT {
    private static final Path SPARK_4 = Path.of("target", "spark4.classpath");
    private static final String WITH_A_NUMBER = "select = [x, \"y * 2 AS y\", \"CAST(class AS INT) AS class\"]";

    @TempDir
    private Path directory;

    private Path spark4;
    private SparkHome home4;
    private Path recipe;

    /** How a command ended, and what it said on both streams. */
    private record Outcome(int exitCode, String said) {}

    @BeforeEach
    void write() throws IOException {
        spark4 = Files.createDirectory(directory.resolve("spark-4"));
        home4 = SparkHome.in(spark4, SPARK_4);
        TinyJob.in(directory);
        recipe = Files.writeString(directory.resolve("both.conf"), """
                name = both
                data {
                  samples-per-shard = 128
                  train { kind = spark, format = csv, path = "train.csv", options { header = true, inferSchema = true }
                    %s, where = "x > -100", features = [x, y], label = class, classes = 2 }
                  test = ${data.train} { path = "test.csv" }
                }
                teacher {
                  kind = network, architecture { kind = mlp, hidden = [16] }
                  training { epochs = 2, batch-size = 16, learning-rate { rate = 1e-2 } }
                }
                trainer = synchronous
                students = [{
                  name = small, architecture { kind = mlp, hidden = [4] }
                  training { epochs = 2, batch-size = 16, learning-rate { rate = 3e-2 } }
                  losses = [soft-target]
                }]
                """.formatted(WITH_A_NUMBER));
    }

    private Outcome retort(Path sparkHome, String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("submit-scripts/retort", "--master", "local[2]"));
        line.addAll(List.of(arguments));
        Path said = Files.createTempFile(directory, "retort", ".out");
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().keySet().removeIf(key -> key.startsWith("SPARK_") || key.startsWith("RETORT_"));
        builder.environment().put("SPARK_HOME", sparkHome.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        return new Outcome(process.exitValue(), Files.readString(said, StandardCharsets.UTF_8));
    }

    /** The newest run of a root. */
    private static Path run(Path root) throws IOException {
        try (Stream<Path> runs = Files.list(root.resolve("runs/both"))) {
            return runs.max(Path::compareTo).orElseThrow();
        }
    }

    private static JsonNode report(Path root) throws IOException {
        return new ObjectMapper().readTree(run(root).resolve("report.json").toFile());
    }

    private static byte[] student(Path root) throws IOException {
        return Files.readAllBytes(run(root).resolve("student-small-seed1.onnx"));
    }

    /** A method that has moved, or has another type of Scala in its signature, is found when it is called, and no sooner. */
    @Test
    void everyCallThatIsCompiledForSpark35IsThereInSpark4() throws Exception {
        List<URL> jars =
                new ArrayList<>(List.of(Path.of("target", "classes").toUri().toURL()));
        for (String jar : Files.readString(SPARK_4).strip().split(":", -1)) {
            jars.add(Path.of(jar).toUri().toURL());
        }
        jars.add(Path.of("target", "retort.jar").toUri().toURL());
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.retort");
        List<String> missing = new ArrayList<>();
        int looked = 0;
        try (URLClassLoader loader =
                new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            for (JavaClass type : classes) {
                if (type.getPackageName().equals("io.retort.junit")) {
                    continue; // which needs JUnit
                }
                for (JavaCodeUnitAccess<?> call : type.getCodeUnitAccessesFromSelf()) {
                    String owner = call.getTargetOwner().getName();
                    if (owner.matches("(io\\.retort|org\\.apache|scala)\\..*")) {
                        looked++;
                        if (!isThere(Class.forName(owner, false, loader), call.getTarget())) {
                            missing.add(call.getDescription());
                        }
                    }
                }
            }
        }
        assertThat(missing).isEmpty();
        assertThat(looked).isGreaterThan(10_000);
    }

    private static boolean isThere(Class<?> owner, CodeUnitAccessTarget called) {
        if (called.getName().equals(JavaConstructor.CONSTRUCTOR_NAME)) {
            return Arrays.stream(owner.getDeclaredConstructors()).anyMatch(made -> fits(made, called));
        }
        boolean own = Arrays.stream(owner.getDeclaredMethods())
                .anyMatch(method -> method.getName().equals(called.getName())
                        && method.getReturnType()
                                .getName()
                                .equals(called.getRawReturnType().getName())
                        && fits(method, called));
        Class<?> above = owner.isInterface() ? Object.class : owner.getSuperclass();
        return own
                || (above != null && isThere(above, called))
                || Arrays.stream(owner.getInterfaces()).anyMatch(type -> isThere(type, called));
    }

    private static boolean fits(Executable method, CodeUnitAccessTarget called) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getName)
                .toList()
                .equals(called.getRawParameterTypes().stream()
                        .map(JavaClass::getName)
                        .toList());
    }

    @Test
    void theSameJarGivesTheSameStudentOnBoth() throws Exception {
        Path spark3 = Files.createDirectory(directory.resolve("spark-3"));
        SparkHome.in(spark3);
        Path root3 = directory.resolve("root-3");
        Path root4 = directory.resolve("root-4");
        for (Path[] side : List.of(new Path[] {spark3, root3}, new Path[] {spark4, root4})) {
            Outcome outcome = retort(side[0], "run", recipe.toString(), "--root", side[1].toString());
            assertThat(outcome.exitCode()).as(outcome.said()).isZero();
        }
        assertThat(report(root3).at("/environment/spark").asText()).startsWith("3.5.");
        assertThat(report(root4).at("/environment/spark").asText()).startsWith("4.");
        assertThat(student(root4)).isEqualTo(student(root3));

        // Executors of their own: closures that travel, Spark's transport and its barrier between them.
        Path root = directory.resolve("root-cluster");
        Path place = Files.createDirectory(directory.resolve("cluster"));
        try (EmbeddedCluster cluster = EmbeddedCluster.start(place, SparkHome.in(place, SPARK_4), 2, 1)) {
            EmbeddedCluster.Outcome outcome = cluster.retort(
                    "run", recipe.toString(), "--root", root.toUri().toString());
            assertThat(outcome.exitCode()).as(outcome::logTail).isZero();
        }
        assertThat(student(root)).isEqualTo(student(root3));
        assertThat(report(root).at("/environment/replicas").asInt()).isEqualTo(2);
    }

    /** In a session that a user has started. */
    @Test
    void stagesOfSparkMlWorkOnBothAndSpark4LoadsWhatSpark35Saved() throws Exception {
        SparkHome home3 = SparkHome.in(Files.createDirectory(directory.resolve("spark-3")));
        assertThat(wineStages(home3, "saved-3")).isEqualTo("own is right\nscored 58\n");
        assertThat(wineStages(home4, "saved-4", directory.resolve("saved-3").toString()))
                .isEqualTo("own is right\nscored 58\nother's is right\n");
    }

    private String wineStages(SparkHome home, String saved, String... more) throws IOException, InterruptedException {
        List<String> line = home.java("-Xmx2g");
        // The last class path counts.
        line.addAll(List.of(
                "-cp",
                String.join(
                        File.pathSeparator,
                        Path.of("target", "test-classes").toString(),
                        Path.of("target", "retort.jar").toString(),
                        home.jars() + "/*")));
        line.addAll(List.of(
                WineStages.class.getName(),
                Path.of("src/test/resources/tables").toString(),
                directory.resolve(saved).toString()));
        line.addAll(List.of(more));
        Path out = Files.createTempFile(directory, "wine", ".out");
        Path err = Files.createTempFile(directory, "wine", ".err");
        Process process = home.process(line)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(err)).isZero();
        return Files.readString(out);
    }

    @Test
    void dl4jsOwnTrainerIsRefusedAndSoIsAFunctionThatCallsAnyMethod() throws Exception {
        Outcome dl4j = retort(spark4, "check", recipe.toString(), "-D", "trainer=dl4j");
        assertThat(dl4j.exitCode()).as(dl4j.said()).isEqualTo(2);
        assertThat(dl4j.said())
                .contains("trainer: is dl4j, which exists for Scala 2.12 only, and this Spark has 2.13.")
                .doesNotContain("\tat ");

        String harmless = Files.readString(recipe);
        for (String function : List.of("reflect", "system.builtin.try_reflect")) {
            String called = "length(" + function + "('java.lang.System', 'getProperty', 'user.home'))";
            Files.writeString(recipe, harmless.replace("y * 2", called));
            Outcome outcome = retort(
                    spark4,
                    "run",
                    recipe.toString(),
                    "--root",
                    directory.resolve("refused").toString());
            assertThat(outcome.exitCode()).as(outcome.said()).isNotZero();
            assertThat(outcome.said())
                    .containsPattern("cannot be read as csv: \\[[A-Z_]+] .*`" + function.replaceAll(".*\\.", "") + "`");
        }
    }
}
