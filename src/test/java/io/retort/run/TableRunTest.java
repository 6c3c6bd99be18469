package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.data.shard.TableShares;
import io.retort.engine.onnx.run.OnnxPredictor;
import io.retort.network.NetworkFiles;
import io.retort.network.TableEncoding;
import io.retort.predict.BatchTensor;
import io.retort.predict.ElementType;
import io.retort.predict.Predictor.Inputs;
import io.retort.predict.Predictor.TensorSpec;
import io.retort.registry.RegisteredModel;
import io.retort.retrain.Retraining;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table with categories and missing numbers, from files to an ONNX file that takes its columns. */
class TableRunTest {
    private static final List<String> CITIES = List.of("Rome", "Oslo", "Ulm", "Bern");
    private static final String SOURCE = "kind = csv, label = label, class-names = [no, yes], categories = [city],"
            + " missing = [\"\", \"?\"], paths = [\"";

    @TempDir
    private Path directory;

    private final List<String> said = new ArrayList<>();

    /** Yes in Rome and Oslo, and elsewhere where the age is missing or above 50. Every 50th row has a city of its own. */
    private void table(String name, int rows, long seed, List<String> cities) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder text = new StringBuilder("age,city,height,label\n");
        for (int i = 0; i < rows; i++) {
            String city = i % 50 == 49 ? "Place " + seed + " " + i : cities.get(random.nextInt(cities.size()));
            double age = 20 + 60 * random.nextDouble();
            boolean isMissing = random.nextInt(4) == 0;
            boolean yes = List.of("Rome", "Oslo").contains(city) || isMissing || age > 50;
            text.append(isMissing ? i % 2 == 0 ? "" : "?" : Double.toString(age))
                    .append(',')
                    .append(city)
                    .append(',')
                    .append(random.nextGaussian())
                    .append(yes ? ",yes\n" : ",no\n");
        }
        Files.writeString(directory.resolve(name), text);
    }

    private String recipe() {
        return """
                name = people
                data { train { %1$strain.csv"] }, test { %1$stest.csv"] }, samples-per-shard = 100 }
                teacher { kind = network, architecture { kind = mlp, hidden = [16] }
                  training { epochs = 12, batch-size = 32, learning-rate { rate = 0.02 } } }
                students = [{ name = small, architecture { kind = mlp, hidden = [8] }, losses = [cross-entropy, soft-target]
                  training { epochs = 12, batch-size = 32, learning-rate { rate = 0.02 } } }]
                """.formatted(SOURCE + directory + "/");
    }

    @Test
    void theExportedStudentTakesColumnsAsTheyAre() throws IOException {
        table("train.csv", 1000, 1, CITIES);
        table("test.csv", 400, 2, CITIES);
        Path run = execute(recipe());
        JsonNode report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
        double accuracy = report.at("/students/0/stages/0/figures/accuracy").asDouble();
        assertThat(accuracy).isGreaterThan(0.9); // nobody knows the cities of every 50th row
        assertThat(said).contains("table: 2 numbers (1 may be missing), 1 categories of 4 values; 8 inputs");
        assertThat(accuracyOf(run.resolve("student-small-seed1.onnx"), "test.csv"))
                .isEqualTo(accuracy);
    }

    /** It reads the table's columns by an encoding of its own, which new rows without a label do not change. */
    @Test
    void aForestReadsCategoriesAndMissingNumbers() throws IOException {
        table("train.csv", 1000, 1, CITIES);
        table("test.csv", 400, 2, CITIES);
        String forest = recipe().replaceFirst(
                        "teacher \\{[^\\[]*\\[16\\] }\\s+training.*\\n",
                        "teacher { kind = spark-ml, estimator { kind = random-forest, trees = 30, depth = 8 } }\n");
        JsonNode report = new ObjectMapper()
                .readTree(execute(forest).resolve("report.json").toFile());
        assertThat(report.at("/teacher/accuracy").asDouble()).isGreaterThan(0.93);
        assertThat(report.at("/teacher/probe").toString()).contains("fitted on the values of [age, height, city]");
        assertThat(report.at("/students/0/stages/0/figures/agreement").asDouble())
                .isGreaterThan(0.9);
        String without = forest.replace("estimator {", "columns = [height, age], estimator {");
        assertThat(new ObjectMapper()
                        .readTree(execute(without).resolve("report.json").toFile())
                        .at("/teacher/accuracy")
                        .asDouble())
                .as("without the city")
                .isBetween(0.6, 0.9);
        assertThatThrownBy(() -> execute(forest.replace("estimator {", "columns = [town], estimator {")))
                .hasMessageContaining("teacher.columns: there is no number or text 'town'; there are");
    }

    /** Spark's reader of the same files gives the same rows, and so the same student. */
    @Test
    void aDataFrameGivesTheSameStudent() throws IOException {
        table("train.csv", 300, 1, CITIES);
        table("test.csv", 200, 2, CITIES);
        Path run = execute(recipe());
        String frames = recipe().replace(SOURCE, """
                        kind = spark, format = csv, options { header = true, nullValue = "?" }
                          schema = "age FLOAT, city STRING, height FLOAT, label STRING", label = label, class-names = [no, yes]
                          categories = [city], missing = keep, paths = [\"""");
        Path again = SmallRun.execute(frames, directory.resolve("other-root"), said::add);
        assertThat(again.resolve("student-small-seed1.onnx"))
                .hasSameBinaryContentAs(run.resolve("student-small-seed1.onnx"));
        assertThatThrownBy(() -> execute(frames.replace("missing = keep", "missing = refuse")))
                .hasMessageContaining("column age: must be a finite number, was null; missing = keep keeps");
    }

    /** The caller makes the numbers of a date, and feeds them by name. */
    @Test
    void theExportedStudentTakesPartsOfDates() throws IOException {
        for (String name : List.of("train.csv", "test.csv")) {
            SplittableRandom random = new SplittableRandom(name.length());
            StringBuilder text = new StringBuilder("price,at,label\n");
            for (int i = 0; i < 600; i++) {
                LocalDateTime at = LocalDateTime.of(2026, 1, 1, 0, 0).plusMinutes(random.nextInt(500_000));
                boolean isMissing = i % 20 == 0;
                boolean yes = isMissing || at.getDayOfWeek().getValue() > 5;
                text.append(random.nextInt(100) + "," + (isMissing ? "" : at) + (yes ? ",yes\n" : ",no\n"));
            }
            Files.writeString(directory.resolve(name), text);
        }
        Path run = execute(
                recipe().replace("categories = [city],", "dates = [{ column = at, parts = [weekday, hour] }],"));
        JsonNode report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
        double accuracy = report.at("/students/0/stages/0/figures/accuracy").asDouble();
        assertThat(accuracy).isGreaterThan(0.95);
        assertThat(said)
                .anyMatch(line ->
                        line.contains("3 features (price, at_weekday, at_hour), label label, no id, none ignored"));
        List<String[]> rows = Files.readAllLines(directory.resolve("test.csv")).stream()
                .skip(1)
                .map(line -> line.split(",", -1))
                .toList();
        Map<String, BatchTensor> tensors = new HashMap<>();
        for (String name : List.of("price", "at_weekday", "at_hour")) {
            tensors.put(name, new BatchTensor(ElementType.FLOAT32, List.of(1), rows.size()));
        }
        for (int i = 0; i < rows.size(); i++) {
            String at = rows.get(i)[1];
            LocalDateTime time = LocalDateTime.parse(at.isEmpty() ? "2000-01-01T00:00" : at);
            float weekday = at.isEmpty() ? Float.NaN : time.getDayOfWeek().getValue();
            float hour = at.isEmpty() ? Float.NaN : time.getHour();
            tensors.get("price").putRow(i, new float[] {Float.parseFloat(rows.get(i)[0])}, 0);
            tensors.get("at_weekday").putRow(i, new float[] {weekday}, 0);
            tensors.get("at_hour").putRow(i, new float[] {hour}, 0);
        }
        try (OnnxPredictor model = OnnxPredictor.open(Files.readAllBytes(run.resolve("student-small-seed1.onnx")), 1)) {
            float[] logits = model.predict(new Inputs(rows.size(), tensors)).of("logits");
            int right = 0;
            for (int i = 0; i < rows.size(); i++) {
                right += (logits[2 * i + 1] > logits[2 * i]) == rows.get(i)[2].equals("yes") ? 1 : 0;
            }
            assertThat((double) right / rows.size()).isEqualTo(accuracy);
        }
    }

    /** Asks a file as any program would that knows the names of its inputs. */
    private double accuracyOf(Path onnx, String csv) throws IOException {
        List<String[]> rows = Files.readAllLines(directory.resolve(csv)).stream()
                .skip(1)
                .map(line -> line.split(",", -1))
                .toList();
        BatchTensor age = new BatchTensor(ElementType.FLOAT32, List.of(1), rows.size());
        BatchTensor height = new BatchTensor(ElementType.FLOAT32, List.of(1), rows.size());
        BatchTensor city = new BatchTensor(ElementType.STRING, List.of(1), rows.size());
        for (int i = 0; i < rows.size(); i++) {
            String text = rows.get(i)[0];
            age.putRow(i, new float[] {text.length() < 2 ? Float.NaN : Float.parseFloat(text)}, 0);
            city.putText(i, 0, rows.get(i)[1]);
            height.putRow(i, new float[] {Float.parseFloat(rows.get(i)[2])}, 0);
        }
        try (OnnxPredictor model = OnnxPredictor.open(Files.readAllBytes(onnx), 1)) {
            Map<String, BatchTensor> tensors = new HashMap<>(Map.of("age", age, "height", height, "city", city));
            float[] logits = model.predict(new Inputs(rows.size(), tensors)).of("logits");
            int right = 0;
            for (int i = 0; i < rows.size(); i++) {
                boolean yes = logits[2 * i + 1] > logits[2 * i];
                right += yes == rows.get(i)[3].equals("yes") ? 1 : 0;
            }
            return (double) right / rows.size();
        }
    }

    @Test
    void aModelKeepsItsDictionaryThroughTheNights() throws IOException {
        table("train.csv", 400, 1, CITIES);
        table("test.csv", 200, 2, CITIES);
        assertThat(night().outcome()).as(() -> String.join("\n", said)).isEqualTo(Retraining.Outcome.PROMOTED);
        RegisteredModel model = new RegisteredModel(
                Storage.of(new Configuration()),
                new org.apache.hadoop.fs.Path(directory.resolve("root").toString()),
                "people",
                Clock.systemUTC());
        TableEncoding first =
                model.network(model.version(1)).structure().signature().table().orElseThrow();
        assertThat(first.categories().get(0).values()).containsExactlyInAnyOrderElementsOf(CITIES);

        table("train.csv", 800, 3, List.of("Rome", "Graz", "Lyon"));
        Retraining.Result second = night();
        assertThat(second.outcome()).as(() -> String.join("\n", said)).isEqualTo(Retraining.Outcome.PROMOTED);
        assertThat(model.network(model.version(2)).structure().signature().table())
                .contains(first);
        assertThat(model.version(2).card().inputs().shares())
                .as("of the rows that the dictionary was made of")
                .isEqualTo(model.version(1).card().inputs().shares())
                .extracting(TableShares.ColumnShare::name)
                .containsExactly("age", "height", "city");
        assertThat(said)
                .anyMatch(
                        line -> line.matches(
                                ".*\\d\\d\\.\\d % of the new rows have a city that its dictionary does not"
                                        + " have, 2\\.0 % when the model's table was fitted; let a model of another name learn.*"))
                .noneMatch(line -> line.contains("lack the number"));
        try (OnnxPredictor published = OnnxPredictor.open(model.onnx(model.version(2)), 1)) {
            assertThat(published.inputs()).hasSize(3);
            assertThat(published.outputs())
                    .as("of numbers, of the file that was judged without its further outputs")
                    .extracting(TensorSpec::name)
                    .containsExactly("logits", "probabilities");
        }
    }

    /** Another view of a table is other rows, which the teacher labels, and from which a student learns. */
    @Test
    void aTeacherLabelsViewsOfATable() throws IOException {
        table("train.csv", 300, 1, CITIES);
        table("test.csv", 400, 2, CITIES);
        String views = recipe().replace("losses = [cross-entropy, soft-target]", "losses = [soft-target]")
                .replaceAll(
                        "(?s)(soft-target\\]\\s+training \\{) epochs = 12,",
                        "$1 epochs = 40, views { resample = 0.1, noise = 0.1, count = 8 },");
        Path run = execute(views);
        JsonNode report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
        assertThat(report.at("/cache/labelled").asLong()).isEqualTo(3 * 8 + 4); // shards by views, and held-out shards
        assertThat(report.at("/students/0/stages/0/figures/agreement").asDouble())
                .isGreaterThan(0.85);
    }

    private Retraining.Result night() {
        said.clear();
        return new Retraining(
                        LocalSpark.context(),
                        SmallRun.context(directory.resolve("root"), said::add),
                        SmallRun.bound(recipe() + """
                export.outputs = [logits, probabilities, label]
                retrain { model = people, gates { accuracy { margin = 1, teacher-gap = 1, significance = 1e-9 }
                  classes.margin = 1, agreement.margin = 1, calibration { margin = 1, most = 1 }, latency.growth = 1000
                  bytes.growth = 2, data { champion-fall = 1, feature-shift = 1000 } } }
                """))
                .execute();
    }

    @Test
    void aSavedTeacherReadsCategoriesByItsOwnDictionary() throws IOException {
        table("train.csv", 400, 1, CITIES);
        table("test.csv", 200, 2, CITIES);
        Path run = execute(recipe());
        table("train.csv", 400, 5, List.of("Rome", "Graz"));
        String saved = recipe().replaceAll(
                        "(?s)teacher \\{.*?\\} \\}\\n",
                        "teacher { kind = network, from = \"" + run + "/student-small-seed1\" }\n");
        Path again = execute(saved);
        assertThat(signature(again)).isEqualTo(signature(run));
        assertThatThrownBy(() -> execute(saved.replace("categories = [city],", "categories = [city, height],")))
                .hasMessageContaining("height (category)");
    }

    private static TableEncoding signature(Path run) {
        return NetworkFiles.signature(
                        Storage.of(new Configuration()),
                        new org.apache.hadoop.fs.Path(
                                run.resolve("student-small-seed1").toString()))
                .table()
                .orElseThrow();
    }

    @Test
    void saysWhatToDoAboutColumnsThatAreNeither() throws IOException {
        table("train.csv", 400, 1, CITIES);
        table("test.csv", 200, 2, CITIES);
        assertThatThrownBy(() -> execute(recipe().replace("categories = [city],", "")))
                .hasMessageContaining("column city: must be a finite number")
                .hasMessageContaining("name a column of categories in categories");
        assertThatThrownBy(() -> execute(recipe().replace("missing = [\"\", \"?\"],", "")))
                .hasMessageContaining("column age: must be a finite number")
                .hasMessageContaining("set missing = ");
        assertThatThrownBy(() -> execute(recipe() + "data.categories.min-count = 1000\n"))
                .hasMessageContaining("column city has no value in 1000 training rows or more");
    }

    private Path execute(String recipe) {
        said.clear();
        return SmallRun.execute(recipe, directory.resolve("root"), said::add);
    }
}
