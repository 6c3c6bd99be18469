package io.retort.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.config.Catalogue;
import io.retort.config.ConfigSource;
import io.retort.config.ReferenceContract;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every file in {@code conf} and {@code conf/experiments} is a recipe that binds, and {@code reference.conf} explains every setting. */
class ShippedRecipesTest {
    static List<Path> recipes() throws IOException {
        List<Path> recipes = new ArrayList<>();
        for (String directory : List.of("conf", "conf/experiments")) {
            try (Stream<Path> files = Files.list(Path.of(directory))) {
                files.filter(file -> file.toString().endsWith(".conf")).sorted().forEach(recipes::add);
            }
        }
        return recipes;
    }

    @Test
    void thereAreSome() throws IOException {
        assertThat(recipes()).hasSizeGreaterThanOrEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void binds(Path file) {
        ConfigSource source = ConfigSource.file(file.toString()).withEnvironment(Map.of("RETORT_DATA", "/somewhere"));
        Recipe recipe = Kinds.binder().bind(source, Recipe.class);
        assertThat(recipe.name()).isEqualTo(file.getFileName().toString().replace(".conf", ""));
        assertThat(recipe.students()).isNotEmpty();
    }

    @Test
    void referenceExplainsAllThatARecipeMaySay() {
        ReferenceContract.verifyRecipe(Recipe.class, Kinds.catalogues().toArray(Catalogue<?>[]::new));
    }
}
