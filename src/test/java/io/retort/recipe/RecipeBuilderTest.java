package io.retort.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.config.ConfigException;
import io.retort.config.ConfigSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecipeBuilderTest {
    private static final Map<String, Object> STUDENT =
            Map.of("name", "small", "architecture", "mlp", "training.epochs", 3, "losses", List.of("soft-target"));

    @Test
    void isTheRecipeOfAFile() {
        Recipe written = Kinds.binder().bind(ConfigSource.text("unit.conf", """
                name = unit
                seeds = [1, 2]
                data.train { kind = csv, paths = [train.csv], label = kind, classes = 2 }
                data.test { kind = csv, paths = [test.csv], label = kind, classes = 2 }
                teacher = { kind = network, architecture = mlp, training.epochs = 5 }
                students = [{ name = small, architecture = mlp, training.epochs = 3, losses = [soft-target] }]
                """), Recipe.class);
        assertThat(unit().build()).isEqualTo(written);
    }

    @Test
    void ofTwoValuesTheLastCounts() {
        Recipe recipe = unit().set("teacher.training.epochs", 7).build();
        assertThat(recipe).isNotEqualTo(unit().build());
        assertThat(Kinds.canonical().text(recipe)).contains("\"epochs\":7").doesNotContain("\"epochs\":5");
    }

    @Test
    void refusesAllThatIsWrongAtOnce() {
        Recipe.Builder wrong = unit().set("seeds", List.of()).set("teacher.training.epohcs", 3);
        assertThatThrownBy(wrong::build)
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        refusal -> assertThat(refusal.problems())
                                .extracting(Object::toString)
                                .anySatisfy(problem -> assertThat(problem)
                                        .startsWith("Recipe.builder():7  seeds: must name at least one seed"))
                                .anySatisfy(problem -> assertThat(problem)
                                        .startsWith("Recipe.builder():8  teacher.training.epohcs: unknown key")
                                        .endsWith("did you mean 'epochs'?")));
    }

    private static Recipe.Builder unit() {
        return Recipe.builder()
                .set("name", "unit")
                .set("seeds", List.of(1, 2))
                .set("data.train", Map.of("kind", "csv", "paths", List.of("train.csv"), "label", "kind", "classes", 2))
                .set("data.test", Map.of("kind", "csv", "paths", List.of("test.csv"), "label", "kind", "classes", 2))
                .set("teacher", Map.of("kind", "network", "architecture", "mlp", "training.epochs", 5))
                .set("students", List.of(STUDENT));
    }
}
