package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.config.ConfigSource;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.storage.Storage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.junit.jupiter.api.Test;

/** Keys of S3A in a recipe, as docs/DATA.md has them, in Hadoop's configuration of each process that opens files. */
class S3SettingsTest {
    private static final Map<String, String> EXPECTED = Map.of(
            "fs.s3a.access.key", "who",
            "fs.s3a.secret.key", "hunter2",
            "fs.s3a.bucket.other.secret.key", "hunter3",
            "fs.s3a.path.style.access", "true",
            "fs.s3a.endpoint.region", "eu-central-1",
            "fs.s3a.checksum.calculation.enabled", "false",
            "fs.s3a.md5.header.enabled", "true");

    private static Recipe recipe() {
        String text = """
                name = s3
                data { train { kind = csv, paths = ["s3a://bucket/train.csv"], label = y, classes = 2, features = [x] }
                  test { kind = csv, paths = ["s3a://bucket/test.csv"], label = y, classes = 2, features = [x] } }
                teacher { kind = network, architecture { kind = mlp, hidden = [4] } }
                spark { spark.hadoop.fs.s3a.access.key = ${?S3_KEY}, spark.hadoop.fs.s3a.secret.key = ${?S3_SECRET}
                  spark.hadoop.fs.s3a.bucket.other.secret.key = ${?S3_OTHER_SECRET}
                  spark.hadoop.fs.s3a.path.style.access = true, spark.hadoop.fs.s3a.endpoint.region = eu-central-1
                  spark.hadoop.fs.s3a.checksum.calculation.enabled = false
                  spark.hadoop.fs.s3a.md5.header.enabled = true }
                """;
        ConfigSource source = ConfigSource.text("s3.conf", text)
                .withEnvironment(Map.of("S3_KEY", "who", "S3_SECRET", "hunter2", "S3_OTHER_SECRET", "hunter3"));
        return Kinds.binder().bind(source, Recipe.class);
    }

    @Test
    void filesAreOpenedWithTheKeysOfTheRecipe() throws Exception {
        Storage storage = RecipeOptions.storage(recipe());
        assertHas(storage.configuration());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(storage);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertHas(((Storage) in.readObject()).configuration()); // as executors get it
        }
    }

    @Test
    void sparkHasThemForItsOwnReaders() {
        SparkConf conf = new SparkConf(false);
        recipe().spark().forEach(conf::setIfMissing);
        assertHas(SparkHadoopUtil.get().newConfiguration(conf));
    }

    private static void assertHas(Configuration configuration) {
        EXPECTED.forEach(
                (key, value) -> assertThat(configuration.get(key)).as(key).isEqualTo(value));
    }
}
