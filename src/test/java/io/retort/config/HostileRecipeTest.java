package io.retort.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Recipes by somebody who means harm. */
@Timeout(20) // what is not refused would take all memory, or for ever
class HostileRecipeTest {
    private static final String TOO_LARGE =
            "its substitutions would expand to more than 16777216 characters; write less of ${...}";

    record Named(String name, Optional<String> password, Map<String, String> spark) {}

    @TempDir
    private Path directory;

    @Test
    void refusesTextsThatDoubleTheOneBefore() {
        StringBuilder hocon = new StringBuilder("name = n, a0 = 0123456789\n");
        for (int i = 1; i <= 40; i++) {
            hocon.append("a")
                    .append(i)
                    .append(" = ${a")
                    .append(i - 1)
                    .append("}${a")
                    .append(i - 1)
                    .append("}\n");
        }
        refuses(hocon.toString(), "hostile.conf  " + TOO_LARGE);
    }

    @Test
    void refusesListsAndObjectsThatDoubleTheOneBefore() {
        StringBuilder lists = new StringBuilder("name = n, a0 = [0123456789]\n");
        StringBuilder objects = new StringBuilder("name = n, spark.a0 { x = 0123456789 }\n");
        for (int i = 1; i <= 40; i++) {
            lists.append("a%1$d = [${a%2$d}, ${a%2$d}]\n".formatted(i, i - 1));
            objects.append("spark.a%1$d { l = ${spark.a%2$d}, r = ${spark.a%2$d} }\n".formatted(i, i - 1));
        }
        refuses(lists.toString(), "hostile.conf  " + TOO_LARGE);
        refuses(objects.toString(), "hostile.conf  " + TOO_LARGE);
    }

    @Test
    void refusesATextThatDoublesItself() {
        StringBuilder hocon = new StringBuilder("name = n, a = 0123456789\n");
        hocon.append("a = ${a}${a}\n".repeat(40));
        refuses(hocon.toString(), "hostile.conf  " + TOO_LARGE);
    }

    @Test
    void takesWhatGrowsNoMoreThanItIsLong() {
        String hocon = "name = ${spark.first}-${spark.second}, spark.first = a, spark.second = ${spark.first}\n"
                + "spark { one { x = 1 }, two = ${spark.one} { y = 2 } }\nspark.list = a\n"
                + "path = x\n" + "path = ${path}y\n".repeat(5);
        ConfigSource source = source(hocon.replace("path", "spark.path"), Map.of());
        Named bound = Binder.with().bind(source, Named.class);
        assertThat(bound.name()).isEqualTo("a-a");
        assertThat(bound.spark())
                .containsEntry("two.x", "1")
                .containsEntry("two.y", "2")
                .containsEntry("path", "xyyyyy");
    }

    @Test
    void includesStayBelowTheDirectoryOfTheRecipe() throws IOException {
        Path conf = Files.createDirectories(directory.resolve("conf/below")).getParent();
        Path outside = Files.writeString(directory.resolve("outside.conf"), "password = hunter2");
        Files.writeString(conf.resolve("below/fine.conf"), "name = n");
        Files.createSymbolicLink(conf.resolve("link.conf"), outside);
        Path recipe = conf.resolve("recipe.conf");
        String rule =
                "must lie in the directory of the recipe or below it; put the file there, or allow its directory on the"
                        + " command line by --allow-includes DIR";

        Files.writeString(recipe, "include \"below/fine.conf\"\nspark {}");
        assertThat(Binder.with().bind(file(recipe), Named.class).password()).isEmpty();
        for (String include : List.of("../outside.conf", outside.toString(), "below/../../outside.conf", "link.conf")) {
            Files.writeString(recipe, "name = n\ninclude \"" + include + "\"\nspark {}");
            assertThatThrownBy(() -> Binder.with().bind(file(recipe), Named.class))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("1 problem in the recipe; nothing was run.\n  " + recipe + ":2  include \"" + include
                            + "\": " + rule);
        }
    }

    @Test
    void secretsOfTheEnvironmentGoIntoSecretsOnly() {
        Map<String, String> environment =
                Map.of("AWS_SECRET_ACCESS_KEY", "hunter2hunter2", "HOME", "/home/somebody", "LEVEL", "hunter2hunter2");
        refuses(
                "spark {}\nname = s3a-${AWS_SECRET_ACCESS_KEY}",
                environment,
                "hostile.conf:2  name: must not hold the environment variable AWS_SECRET_ACCESS_KEY, which is a secret; only keys"
                        + " such as *.password, *.secret, *.token and *.access.key may");
        Named bound = Binder.with()
                .bind(
                        source("name = n, password = ${AWS_SECRET_ACCESS_KEY}, spark { x = ${HOME} }", environment),
                        Named.class);
        assertThat(bound.password()).contains("hunter2hunter2");
        assertThat(bound.spark()).containsEntry("x", "/home/somebody");
    }

    private static void refuses(String hocon, String problem) {
        refuses(hocon, Map.of(), problem);
    }

    private static void refuses(String hocon, Map<String, String> environment, String problem) {
        assertThatThrownBy(() -> Binder.with().bind(source(hocon, environment), Named.class))
                .isInstanceOf(ConfigException.class)
                .hasMessage("1 problem in the recipe; nothing was run.\n  " + problem);
    }

    private static ConfigSource source(String hocon, Map<String, String> environment) {
        return ConfigSource.text("hostile.conf", hocon)
                .withReference(Reference.parse("spark {}"))
                .withEnvironment(environment);
    }

    private static ConfigSource file(Path recipe) {
        return ConfigSource.file(recipe.toString()).withReference(Reference.parse("spark {}"));
    }
}
