package io.retort.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Recipes of the wines of {@code src/test/resources/tables}, whose README says what they are. */
final class Wine {
    static final String CLASS_NAMES = "[barolo, grignolino, barbera]";

    /** Amounts that the tests' networks learn from. */
    static final String FEATURES = "[alcohol, malic_acid, flavanoids, color_intensity, hue, od_ratio, proline]";

    static final String STUDENT = """
            students = [{ name = small, architecture { kind = mlp, hidden = [8] }, losses = [soft-target]
              training { epochs = 30, batch-size = 16, learning-rate { rate = 0.02 } } }]
            """;

    private Wine() {}

    /** @param columns further ones, such as {@code { name = said, type = text }} */
    static String data(String columns) {
        return data(path("wine.csv"), path("wine-test.csv"), columns, "label = cultivar, class-names = " + CLASS_NAMES);
    }

    static String data(Path train, Path test, String columns, String label) {
        return """
                data {
                  train { kind = csv, paths = ["%s"], features = %s, columns = [%s], %s }
                  test { kind = csv, paths = ["%s"], features = %2$s, columns = [%3$s], %4$s }
                  samples-per-shard = 50
                }
                """.formatted(train, FEATURES, columns, label, test);
    }

    static Path path(String name) {
        try {
            return Path.of(Wine.class.getResource("/tables/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** The report of a run. */
    static JsonNode execute(String recipe, Path root, Consumer<String> hears) {
        Path run = SmallRun.execute("name = wine\n" + recipe, root, hears);
        try {
            return new ObjectMapper().readTree(run.resolve("report.json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
