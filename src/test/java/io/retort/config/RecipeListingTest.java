package io.retort.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.retort.config.SampleCatalogue.CrossEntropy;
import io.retort.config.SampleCatalogue.Prune;
import io.retort.config.SampleCatalogue.Recipe;
import io.retort.config.SampleCatalogue.SoftTarget;
import io.retort.config.SampleCatalogue.Student;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A whole small recipe: bound, and refused with all that is wrong. */
class RecipeListingTest {
    @Test
    void bindsKindsWithTheirDefaults() {
        Recipe recipe = SampleCatalogue.bind("""
                students = [
                  { name = small, losses = [cross-entropy, { kind = soft-target }] }
                  { name = smaller, epochs = 5, compress = [{ kind = prune, ratio = 0.25 }, prune] }
                ]
                """);
        Student small = new Student("small", 3, List.of(new CrossEntropy(0), new SoftTarget(4)), List.of());
        Student smaller =
                new Student("smaller", 5, List.of(new CrossEntropy(0)), List.of(new Prune(0.25), new Prune(0.5)));
        assertThat(recipe).isEqualTo(new Recipe("unnamed", List.of(small, smaller)));
    }

    @Test
    void listsTheTwoProblemsOfTheStyleGuide() {
        String recipe = """
                students = [{
                  name = small
                  losses = [
                    { kind = soft-target, temprature = 4 }
                  ]
                  compress = [
                    { kind = prune }
                    { kind = prune,
                      ratio = 1.2 }
                  ]
                }]
                """;
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> SampleCatalogue.bind(recipe))
                .withMessage("""
                        2 problems in the recipe; nothing was run.
                          conf/cifar10.conf:4  students[0].losses[0].temprature: unknown key for kind 'soft-target'; did you mean 'temperature'?
                          conf/cifar10.conf:9  students[0].compress[1].ratio: must be in [0, 1), was 1.2; 1 would remove every channel""");
    }
}
