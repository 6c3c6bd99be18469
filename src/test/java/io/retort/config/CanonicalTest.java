package io.retort.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.retort.config.SampleCatalogue.CrossEntropy;
import io.retort.config.SampleCatalogue.LossSettings;
import io.retort.config.SampleCatalogue.Prune;
import io.retort.config.SampleCatalogue.Recipe;
import io.retort.config.SampleCatalogue.SoftTarget;
import io.retort.config.SampleCatalogue.Student;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanonicalTest {
    private static final Canonical CANONICAL = Canonical.with(SampleCatalogue.LOSSES, SampleCatalogue.STEPS);

    enum Shade {
        DARK_RED
    }

    record Rate(double value) {}

    record All(
            long seed,
            double learningRate,
            Shade shade,
            Duration timeout,
            Optional<String> note,
            Map<String, String> spark,
            LossSettings loss) {}

    record Connection(String accessKey, Optional<Integer> token, int maxTokens, Map<String, String> spark) {}

    record Unknown() implements LossSettings {}

    record Odd(Object value) {}

    record Wait(Duration time) {}

    @ParameterizedTest
    @CsvSource({"PT0S, 0 s", "PT1M30S, 90 s", "PT2H, 120 minutes", "PT0.25S, 250000000 ns"})
    void writesDurationsAsTheyAreReadBack(Duration duration, String text) {
        Wait wait = new Wait(duration);
        assertThat(CANONICAL.text(wait)).isEqualTo("{\"time\":\"" + text + "\"}");
        ConfigSource source =
                ConfigSource.text("wait.conf", CANONICAL.pretty(wait)).withReference(Reference.parse(""));
        assertThat(Binder.with().bind(source, Wait.class)).isEqualTo(wait);
    }

    @Test
    void writesAKindWithItsComponentsInOrder() {
        assertThat(CANONICAL.text(new SoftTarget(4))).isEqualTo("{\"kind\":\"soft-target\",\"temperature\":4}");
    }

    @Test
    void writesRecordsRecursively() {
        Student student = new Student("a \"b\"", 3, List.of(new CrossEntropy(0.1)), List.of(new Prune(0.5)));
        assertThat(CANONICAL.text(new Recipe("r", List.of(student))))
                .isEqualTo("{\"name\":\"r\",\"students\":[{\"name\":\"a \\\"b\\\"\",\"epochs\":3,"
                        + "\"losses\":[{\"kind\":\"cross-entropy\",\"label-smoothing\":0.1}],"
                        + "\"compress\":[{\"kind\":\"prune\",\"ratio\":0.5}]}]}");
    }

    @Test
    void writesEveryTypeInOneSpelling() {
        All all = new All(
                9007199254740993L,
                1e-3,
                Shade.DARK_RED,
                Duration.ofSeconds(90),
                Optional.empty(),
                Map.of("b", "2", "a.c", "1"),
                new SoftTarget(2.5));
        assertThat(CANONICAL.text(all))
                .isEqualTo("{\"seed\":9007199254740993,\"learning-rate\":0.001,\"shade\":\"dark-red\","
                        + "\"timeout\":\"90 s\",\"note\":null,\"spark\":{\"a.c\":\"1\",\"b\":\"2\"},"
                        + "\"loss\":{\"kind\":\"soft-target\",\"temperature\":2.5}}");
    }

    @ParameterizedTest
    @CsvSource({
        "4.0, 4",
        "100, 1E+2",
        "0.1, 0.1",
        "0.30000000000000004, 0.30000000000000004",
        "1e23, 1E+23",
        "2e-3, 0.002",
        "-2.5e-9, -2.5E-9",
        "4.9e-324, 5E-324",
        "1.7976931348623157e308, 1.7976931348623157E+308",
        "0, 0",
        "-0.0, 0"
    })
    void writesADoubleWithTheFewestDigits(double value, String text) {
        assertThat(CANONICAL.text(new Rate(value))).isEqualTo("{\"value\":" + text + "}");
        assertThat(Double.parseDouble(text)).isEqualTo(value + 0.0);
    }

    @Test
    void doesNotDependOnTheLocale() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("tr-TR"));
        try {
            assertThat(CANONICAL.text(new Rate(0.5))).isEqualTo("{\"value\":0.5}");
            assertThat(Names.kebab("maxImageIndex")).isEqualTo("max-image-index");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void redactsSecretsAndNothingElse() {
        Connection connection = new Connection(
                "AKIA",
                Optional.of(3),
                512,
                Map.of(
                        "spark.hadoop.fs.s3a.secret.key", "x",
                        "spark.hadoop.fs.s3a.server-side-encryption.key", "x",
                        "spark.ssl.keyPassword.password", "x",
                        "AWS_SECRET_ACCESS_KEY", "x",
                        "spark.driver.memory", "2g",
                        "proxy", "http://me:pw@host/x"));
        assertThat(CANONICAL.text(connection))
                .isEqualTo("{\"access-key\":\"(redacted)\",\"token\":\"(redacted)\",\"max-tokens\":512,\"spark\":{"
                        + "\"AWS_SECRET_ACCESS_KEY\":\"(redacted)\",\"proxy\":\"http://(redacted)@host/x\","
                        + "\"spark.driver.memory\":\"2g\",\"spark.hadoop.fs.s3a.secret.key\":\"(redacted)\","
                        + "\"spark.hadoop.fs.s3a.server-side-encryption.key\":\"(redacted)\","
                        + "\"spark.ssl.keyPassword.password\":\"(redacted)\"}}");
    }

    /**
     * A golden text: it is part of content addresses, which neither an order of components nor what is absent may
     * change.
     */
    @Test
    void anAddressIsSortedAndLeavesOutWhatIsAbsent() {
        All all = new All(
                7,
                1e-3,
                Shade.DARK_RED,
                Duration.ofSeconds(90),
                Optional.empty(),
                Map.of("b", "2", "a.c", "1"),
                new SoftTarget(2.5));
        assertThat(CANONICAL.address(all))
                .isEqualTo(
                        "{\"learning-rate\":0.001,\"loss\":{\"kind\":\"soft-target\",\"temperature\":2.5},"
                                + "\"seed\":7,\"shade\":\"dark-red\",\"spark\":{\"a.c\":\"1\",\"b\":\"2\"},\"timeout\":\"90 s\"}");
        assertThat(CANONICAL.address(all, List.of("loss", "spark", "timeout", "seed")))
                .isEqualTo("{\"learning-rate\":0.001,\"shade\":\"dark-red\"}");
        assertThat(CANONICAL.address(new Recipe("r", List.of(new Student("a", 3, List.of(), List.of())))))
                .isEqualTo(
                        "{\"name\":\"r\",\"students\":[{\"compress\":[],\"epochs\":3,\"losses\":[],\"name\":\"a\"}]}");
    }

    @Test
    void thePrettyFormBindsToTheSameRecord() {
        Recipe recipe = SampleCatalogue.bind("students = [{ name = \"a\\nb\", compress = [prune] }]");
        String pretty = CANONICAL.pretty(recipe);
        assertThat(pretty).contains("\n  \"students\" : [ {\n");
        ConfigSource source = ConfigSource.text("printed.conf", pretty).withReference(Reference.parse(""));
        assertThat(SampleCatalogue.BINDER.bind(source, Recipe.class)).isEqualTo(recipe);
    }

    @Test
    void refusesWhatHasNoCanonicalText() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CANONICAL.text(new Odd(1.5f)))
                .withMessage("a setting of class java.lang.Float at '.value' has no canonical text");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CANONICAL.text(new Rate(Double.NaN)))
                .withMessage("a setting of NaN has no canonical text");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CANONICAL.text(new Unknown()))
                .withMessage(Unknown.class.getName() + " is no kind of catalogue 'losses'");
    }
}
