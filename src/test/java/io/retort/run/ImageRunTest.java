package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.engine.onnx.ForeignTeachers;
import io.retort.spark.LocalSpark;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose rows are PNG files: in a folder for each class, and in a column of Parquet. */
class ImageRunTest {
    private static final int SIDE = 28;
    private static final int FILES = 64;
    private static final String GARMENTS =
            "[t-shirt, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag, boot]";

    private static final String NAMED = ", class-names = " + GARMENTS;

    @TempDir
    private Path directory;

    private final List<String> said = new ArrayList<>();

    @BeforeEach
    void writePictures() throws IOException {
        write("train", 1);
        write("test", 2);
    }

    @Test
    void aFolderOfPicturesBecomesAStudent() throws IOException {
        Path run = execute(recipe(folder("train", NAMED), folder("test", NAMED)));
        JsonNode report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
        // the teacher is right for 15 of the 16 pictures that were noised
        assertThat(report.at("/teacher/accuracy").asDouble()).isBetween(0.9, 1.0);
        assertThat(report.at("/dataset/shape").toString()).isEqualTo("[1,28,28]");
        assertThat(run.resolve("student-small-seed1.onnx")).exists();
        said.clear();
        execute(recipe(folder("train", NAMED), folder("test", NAMED)).replace("hidden = [8]", "hidden = [9]"));
        assertThat(said)
                .anyMatch(line -> line.startsWith("labels: 0 shards labelled, 2 reused"))
                .anyMatch(line -> line.startsWith("label: ended with "))
                .noneMatch(line -> line.startsWith("label: ended with 0 "));
    }

    @Test
    void aReportShowsPicturesOfWhichStudentAndTeacherDisagree() throws IOException {
        String recipe = recipe(folder("train", NAMED), folder("test", NAMED));
        JsonNode student = new ObjectMapper()
                .readTree(execute(recipe).resolve("report.json").toFile())
                .at("/students/0");
        JsonNode figures = student.at("/stages/0/figures");
        long disagreeing = Math.round((1 - figures.at("/agreement").asDouble()) * FILES);
        assertThat(disagreeing).isPositive();
        assertThat(student.at("/disagreements")).hasSize((int) Math.min(12, disagreeing));
        student.at("/disagreements").forEach(row -> {
            assertThat(row.at("/student").asInt())
                    .isNotEqualTo(row.at("/teacher").asInt());
            assertThat(row.at("/shown/picture").asText()).startsWith("iVBORw0KGgo"); // the signature of a PNG file
        });
        assertThat(figures.at("/confidence")).hasSize(15);
        long rows = 0;
        long right = 0;
        for (JsonNode bin : figures.at("/confidence")) {
            rows += bin.at("/samples").asLong();
            right += bin.at("/right").asLong();
        }
        assertThat(rows).isEqualTo(FILES);
        assertThat(right).isEqualTo(Math.round(figures.at("/accuracy").asDouble() * FILES));
        assertThat(student.at("/layers"))
                .extracting(layer -> layer.at("/macs").asLong())
                .containsExactly(6272L, 80L);

        student = new ObjectMapper()
                .readTree(execute(recipe + "evaluation.shown-rows = 0\n")
                        .resolve("report.json")
                        .toFile())
                .at("/students/0");
        assertThat(student.has("disagreements")).isFalse();
    }

    @Test
    void theSamePicturesComeOutOfParquetAsHuggingFaceWritesThem() throws IOException {
        Path run = execute(recipe(parquet("train"), parquet("test")));
        JsonNode report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
        assertThat(report.at("/teacher/accuracy").asDouble()).isBetween(0.9, 1.0);
        String files = "kind = spark, format = binaryFile, path = \"%s\", image { column = content, height = 28,"
                + " width = 28, channels = 1 }, label = label, class-names = " + GARMENTS
                + ", id = id, select = [content, \"xxhash64(path) AS id\", \"element_at(split(path, '/'), -2) AS label\"]";
        run = execute(recipe(files.formatted(directory.resolve("train")), files.formatted(directory.resolve("test"))));
        report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
        assertThat(report.at("/teacher/accuracy").asDouble()).isBetween(0.9, 1.0);
    }

    @Test
    void theSamePicturesComeOutOfSparksFormatOfImages() throws IOException {
        String files = "kind = spark, format = image, path = \"%s/*\", image { column = image, height = 28, width = 28,"
                + " channels = 1 }, label = label, class-names = " + GARMENTS
                + ", id = id, select = [image, \"xxhash64(image.origin) AS id\","
                + " \"element_at(split(image.origin, '/'), -2) AS label\"]";
        Path run = execute(
                recipe(files.formatted(directory.resolve("train")), files.formatted(directory.resolve("test"))));
        JsonNode report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
        assertThat(report.at("/teacher/accuracy").asDouble()).isBetween(0.9, 1.0);
    }

    @Test
    void badPicturesAreDroppedAndCounted() throws IOException {
        Files.writeString(directory.resolve("train/trouser/none.png"), "no picture");
        assertThatThrownBy(() -> execute(recipe(folder("train", NAMED), folder("test", NAMED))))
                .hasMessageContaining("train/trouser/none.png is no PNG and no JPEG");
        execute(recipe(folder("train", NAMED + ", bad-rows = drop"), folder("test", NAMED)));
        assertThat(said).anyMatch(line -> line.contains("1 bad rows were dropped"));
    }

    @Test
    void heldOutFoldersMustBeTheSame() throws IOException {
        Files.move(directory.resolve("test/trouser"), directory.resolve("test/rucksack"));
        ImageIO.write(
                new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY),
                "png",
                directory.resolve("test/1.png").toFile());
        Files.createDirectories(directory.resolve("test/cap"));
        Files.move(directory.resolve("test/1.png"), directory.resolve("test/cap/1.png"));
        assertThatThrownBy(() -> execute(recipe(folder("train", ""), folder("test", ""))))
                .hasMessageContaining(
                        "data.train and data.test must hold samples of one kind, but have 8 and 9 classes;"
                                + " only one of them has trouser, cap, rucksack");
    }

    private static String recipe(String train, String test) {
        return """
                name = pictures
                data { train { %s }, test { %s } }
                teacher { kind = onnx, path = "%s", inputs = [{ name = pixels, encoder { kind = image, divide-by = 255 } }]
                  classes = %s }
                students = [{ name = small, architecture { kind = mlp, hidden = [8] }
                  training { epochs = 1, batch-size = 64 }, losses = [soft-target] }]
                """.formatted(train, test, ForeignTeachers.path("one-file.onnx"), GARMENTS);
    }

    private String folder(String name, String further) {
        return "kind = images, path = \"" + directory.resolve(name) + "\", height = 28, width = 28, channels = 1"
                + further;
    }

    private String parquet(String name) {
        SparkSession spark = LocalSpark.session();
        Path path = directory.resolve(name + ".parquet");
        spark.read()
                .format("binaryFile")
                .option("recursiveFileLookup", "true")
                .load(directory.resolve(name).toString())
                .selectExpr(
                        "named_struct('bytes', content, 'path', path) AS image",
                        "element_at(split(path, '/'), -2) AS label")
                .coalesce(1)
                .write()
                .parquet(path.toString());
        return "kind = spark, path = \"" + path + "\", image { column = image, height = 28, width = 28, channels = 1 }"
                + ", label = label, class-names = " + GARMENTS;
    }

    private void write(String name, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> names =
                List.of(GARMENTS.substring(1, GARMENTS.length() - 1).split(", "));
        float[] images = ForeignTeachers.images();
        int[] labels = ForeignTeachers.labels();
        for (int i = 0; i < FILES; i++) {
            BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
            for (int p = 0; p < SIDE * SIDE; p++) {
                float pixel = images[(i * SIDE * SIDE + p) % images.length];
                picture.getRaster().setSample(p % SIDE, p / SIDE, 0, (int) Math.min(255, pixel + random.nextInt(8)));
            }
            Path folder = directory.resolve(name).resolve(names.get(labels[i % labels.length]));
            Files.createDirectories(folder);
            ImageIO.write(picture, "png", folder.resolve(i + ".png").toFile());
        }
    }

    private Path execute(String recipe) {
        return SmallRun.execute(recipe, directory.resolve("root"), said::add);
    }
}
