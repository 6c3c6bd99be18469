package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.Pictures;
import io.retort.config.ConfigSource;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that the launchers would run, as {@code --dry-run} prints them. */
class LauncherIT {
    private static final Path SCRIPTS = Path.of("submit-scripts").toAbsolutePath();

    @TempDir
    private Path directory;

    private Path conf;

    /** What a script printed. */
    private record Outcome(int exitCode, String out, String err) {}

    @BeforeEach
    void writeARecipe() throws IOException {
        Pictures.write(Pictures.of(300, 0), directory.resolve("images"), directory.resolve("labels"));
        conf = Files.writeString(directory.resolve("small.conf"), """
                name = small
                data {
                  train { kind = idx, images = [${PICTURES}"/images"], labels = [${PICTURES}"/labels"], classes = 3 }
                  test = ${data.train}
                }
                teacher { kind = network, architecture { kind = mlp, hidden = [4] } }
                students = [{ name = s, architecture { kind = mlp, hidden = [2] }, losses = [soft-target] }]
                """);
    }

    private Outcome script(String name, String... arguments) throws IOException, InterruptedException {
        List<String> line =
                new ArrayList<>(List.of("bash", SCRIPTS.resolve(name).toString()));
        line.addAll(List.of(arguments));
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectOutput(out.toFile()).redirectError(err.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(key -> key.startsWith("SPARK_") || key.startsWith("RETORT_"));
        environment.put("PICTURES", directory.toUri().toString());
        environment.put("RETORT_DATA", directory.resolve("data").toString());
        environment.put("TMPDIR", directory.toString());
        Process process = builder.start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        return new Outcome(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8).replace(directory.toString(), "DIR"));
    }

    private Outcome script(String name, List<String> options, String... more) throws IOException, InterruptedException {
        return script(
                name,
                Stream.of(
                                List.of("--dry-run"),
                                options,
                                List.of("run", conf.toString(), "--root", "hdfs://n/retort"),
                                List.of(more))
                        .flatMap(List::stream)
                        .toArray(String[]::new));
    }

    @Test
    void localModeIsOneJvmThatListensOnTheLoopback() throws Exception {
        Outcome outcome = script("retort", List.of());
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.out())
                .startsWith("OMP_NUM_THREADS=1 ORT_DISABLE_TELEMETRY=1 ")
                .contains(" SPARK_LOCAL_IP=127.0.0.1 ")
                .contains(" io.retort.cli.Retort run " + conf + " --root hdfs://n/retort")
                .doesNotContain("SparkSubmit");
        assertThat(outcome.err()).isEmpty();
    }

    @Test
    void newObjectsHaveASixteenthOfTheHeapAndNoThirdOfIt() throws Exception {
        assertThat(script("retort", List.of("--driver-memory", "8g")).out())
                .contains(" -Xmx8g -XX:+UseParallelGC -XX:MaxNewSize=512m ");
        assertThat(script("retort", List.of("--driver-memory", "2048m")).out())
                .contains(" -Xmx2048m -XX:+UseParallelGC -XX:MaxNewSize=256m ");
        assertThat(script("retort", List.of("--driver-memory", "512m")).out())
                .contains(" -Xmx512m -XX:+UseParallelGC ")
                .doesNotContain("MaxNewSize");
    }

    @Test
    void theDoctorSeesTheHeapOfARun() throws Exception {
        String heap = Pattern.compile(" -Xmx\\S+ ")
                .matcher(script("retort", List.of()).out())
                .results()
                .findFirst()
                .orElseThrow()
                .group();
        assertThat(script("retort", "--dry-run", "doctor").out()).contains(heap);
        assertThat(script("retort", "--dry-run", "list").out()).contains(" -Xmx1g ");
    }

    /** Of an included file, unless the recipe asks for others itself. */
    @Test
    void dataThatARecipeAsksForIsFetchedFirst() throws Exception {
        Files.writeString(directory.resolve("asks.conf"), "data.fetch = made-customers\n");
        Path asking = Files.writeString(directory.resolve("asking.conf"), "include \"asks.conf\"\n");
        assertThat(script("retort", "run", asking.toString()).err()).contains("problems in the recipe");
        Path customers = directory.resolve("data/made-customers");
        assertThat(customers.resolve("train.csv")).isNotEmptyFile();
        assertThat(customers.resolve("test.csv")).isNotEmptyFile();
        Files.writeString(asking, "include \"asks.conf\"\ndata { fetch = \"moon-rocks made-customers\" }\n");
        Outcome unknown = script("retort", "run", asking.toString());
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.err()).contains("unknown data set 'moon-rocks'", "asking.conf asks for");
        Files.writeString(asking, "include \"asks.conf\"\ndata.fetch = null\n");
        assertThat(script("retort", "run", asking.toString()).err())
                .contains("problems in the recipe")
                .doesNotContain("fetch-data");
        Files.writeString(asking, "include \"asking.conf\"\n");
        assertThat(script("retort", "run", asking.toString()).err()).contains("a file must not include itself");
    }

    /** With nothing but the jar, which must have the native library and what names its version. */
    @Test
    void theJarOpensTokenizers() throws Exception {
        Files.writeString(directory.resolve("texts.csv"), "body,topic\nblue sea,0\ngreen hill,1\n");
        Files.writeString(conf, """
                name = texts
                data {
                  scaling = none
                  train { kind = text, paths = [${PICTURES}"/texts.csv"], text = body, label = topic, classes = 2, length = 8, tokenizer = "%1$s" }
                  test = { kind = text, paths = [${PICTURES}"/texts.csv"], text = body, label = topic, classes = 2, length = 8 }
                }
                teacher { kind = network, architecture { kind = embedding-bag, dimension = 4 } }
                students = [{ name = s, architecture { kind = embedding-bag, dimension = 2 }, losses = [labels] }]
                """.formatted(
                        Path.of("src/test/resources/tokenizers/word-piece.json").toAbsolutePath()));
        Outcome outcome = script("retort", "check", conf.toString());
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isZero();
    }

    @Test
    void aStandaloneClusterIsToldCoresAndMemoryOfTheRecipe() throws Exception {
        Outcome outcome = script(
                "retort-standalone",
                List.of("--master", "spark://h:7077", "--executors", "4", "--executor-cores", "2"));
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.out())
                .contains(" org.apache.spark.deploy.SparkSubmit --master spark://h:7077 ")
                .contains(" --conf spark.cores.max=8 ")
                .contains(" --conf spark.executor.cores=2 ")
                .contains(" --conf spark.executor.memory=1024m ")
                .contains(" --conf spark.executor.memoryOverhead=1024m ")
                .contains(" --conf spark.executorEnv.OMP_NUM_THREADS=1 ")
                .contains(" --deploy-mode client ")
                .doesNotContain("SPARK_LOCAL_IP");
        assertThat(outcome.err())
                .contains(
                        "# note: data.train is on a local file system: file:/DIR/images; every machine must see it there"
                                .replace("/DIR", "DIR"))
                .contains(
                        "# beside the heap: 256 MiB of arrays of ND4J and ONNX Runtime, 768 MiB of stacks, code and glibc's reserve\n"
                                + "spark.executor.memoryOverhead=1024m");
    }

    @Test
    void whatIsSaidWinsOverWhatIsComputed() throws Exception {
        Outcome outcome = script(
                "retort-standalone",
                List.of("--master", "spark://h:7077", "--executor-memory", "3g", "--driver-memory", "2g"));
        assertThat(outcome.out())
                .contains(" --conf spark.executor.memory=3g ")
                .contains("maxphysicalbytes=4096m")
                .contains(" -Xmx2g ");
        assertThat(outcome.err()).contains("retort: 2 executors; say --executors N for more");
    }

    @Test
    void aDriverOnYarnGetsTheWholeRecipeAsOneFile() throws Exception {
        Outcome outcome = script(
                "retort-yarn",
                List.of("--deploy-mode", "cluster", "--executors", "3", "--shared-files"),
                "-D",
                "name=renamed");
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.out())
                .contains(" spark-submit ")
                .contains(" --master yarn ")
                .contains(" --deploy-mode cluster ")
                .contains(" --conf spark.executor.instances=3 ")
                .contains(" --conf spark.yarn.appMasterEnv.OMP_NUM_THREADS=1 ")
                .contains("retort.jar run recipe.conf --root hdfs://n/retort")
                .doesNotContain("renamed");
        Matcher shipped = Pattern.compile("--files (\\S+) ").matcher(outcome.out());
        assertThat(shipped.find()).isTrue();
        assertThat(bound(ConfigSource.file(shipped.group(1))))
                .isEqualTo(bound(ConfigSource.file(conf.toString())
                        .overriddenBy(List.of("name=renamed"))
                        .withEnvironment(Map.of("PICTURES", directory.toUri().toString()))));
    }

    private static Recipe bound(ConfigSource source) {
        return Kinds.binder().bind(source, Recipe.class);
    }

    @Test
    void yarnDoesNotSeeFilesOfThisMachine() throws Exception {
        Outcome outcome = script("retort-yarn", List.of());
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err())
                .startsWith(
                        "data.train is on a local file system: file:DIR/images\n"
                                + "data.test is on a local file system: file:DIR/images\n"
                                + "Executors on YARN open these themselves, on machines of their own. Put them on storage that all see, such as"
                                + " hdfs: or s3a:, or say --shared-files where every machine and pod mounts them at that place.\n");
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void aDriverPodIsMadeOfATemplateAndAnImage() throws Exception {
        Outcome outcome = script(
                "retort-kubernetes",
                List.of(
                        "--master",
                        "k8s://https://h:6443",
                        "--image",
                        "registry/retort:1",
                        "--namespace",
                        "models",
                        "--deploy-mode",
                        "cluster",
                        "--shared-files",
                        "--conf",
                        "spark.kubernetes.file.upload.path=s3a://b/uploads"));
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.out())
                .contains(" --master k8s://https://h:6443 ")
                .contains(" --conf spark.kubernetes.container.image=registry/retort:1 ")
                .contains(" --conf spark.kubernetes.namespace=models ")
                .contains(" --conf spark.kubernetes.driver.podTemplateFile=" + SCRIPTS + "/kubernetes/driver-pod.yaml ")
                .contains(" --conf spark.kubernetes.driverEnv.OMP_NUM_THREADS=1 ")
                .contains(" local:///opt/retort/retort.jar run recipe.conf ");
    }

    @Test
    void aRecipeReachesADriverPodThroughADirectory() throws Exception {
        Outcome outcome = script(
                "retort-kubernetes",
                List.of("--master", "k8s://https://h:6443", "--deploy-mode", "cluster", "--shared-files"));
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err())
                .endsWith(
                        "retort: with --deploy-mode cluster the recipe travels through a directory that you can write and pods can"
                                + " read: --conf spark.kubernetes.file.upload.path=s3a://BUCKET/uploads; or use --deploy-mode client\n");
    }

    @Test
    void secretsAreNotShown() throws Exception {
        Outcome outcome = script(
                "retort",
                List.of(
                        "--conf",
                        "spark.hadoop.fs.s3a.secret.key=hidden1",
                        "--conf",
                        "spark.hadoop.fs.s3a.bucket.b.access.key=hidden2",
                        "--conf",
                        "spark.ssl.keyPassword.password=hidden3"),
                "-D",
                "spark.my.token=hidden4",
                "-D",
                "note=https://user:hidden5@host/x");
        assertThat(outcome.out())
                .contains("secret.key=", "access.key=", "password=", "token=", "redacted")
                .contains("@host/x")
                .doesNotContain("hidden");
    }

    @Test
    void aRecipeWithASecretDoesNotTravel() throws Exception {
        Outcome outcome = script(
                "retort-yarn",
                List.of("--deploy-mode", "cluster", "--shared-files"),
                "-D",
                "spark.spark.hadoop.fs.s3a.secret.key=abc");
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err())
                .startsWith(
                        "spark: spark.hadoop.fs.s3a.secret.key is a secret, and the recipe of a driver in the cluster travels as a file;"
                                + " take it out and use a credential provider");
        assertThat(outcome.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"retort-standalone", "retort-yarn", "retort-kubernetes"})
    void eachSaysHowItIsUsed(String name) throws Exception {
        Outcome outcome = script(name, "--help");
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out()).startsWith("Runs Retort on ").contains("--executors N", "--dry-run");
    }
}
