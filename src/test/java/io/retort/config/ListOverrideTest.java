package io.retort.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.retort.config.SampleCatalogue.CrossEntropy;
import io.retort.config.SampleCatalogue.Recipe;
import io.retort.config.SampleCatalogue.SoftTarget;
import io.retort.config.SampleCatalogue.Student;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code -D} reaches the elements of lists, by their place or their name. */
class ListOverrideTest {
    private static final String TWO = """
            students = [
              { name = small, epochs = 5, losses = [soft-target, { kind = cross-entropy }] }
              { name = large }
            ]
            """;

    @Test
    void byPlaceAndByName() {
        assertThat(epochs(bind(TWO, "students[0].epochs=6", "students[large].epochs=7")))
                .containsExactly(6, 7);
    }

    @Test
    void aLaterOneWinsOverAnEarlierOneAndOverTheWholeList() {
        assertThat(epochs(bind(
                        TWO,
                        "students=[{ name = only, epochs = 1 }]",
                        "students[only].epochs=2",
                        "students[0].epochs=3")))
                .containsExactly(3);
    }

    @Test
    void aSettingOfAKindThatIsOnlyNamedKeepsTheKind() {
        List<?> losses = bind(TWO, "students[small].losses[0].temperature=2")
                .students()
                .get(0)
                .losses();
        assertThat(losses).isEqualTo(List.of(new SoftTarget(2), new CrossEntropy(0)));
    }

    @Test
    void aWholeElementMayBeGiven() {
        List<?> losses =
                bind(TWO, "students[0].losses[1]=soft-target").students().get(0).losses();
        assertThat(losses).isEqualTo(List.of(new SoftTarget(4), new SoftTarget(4)));
    }

    @Test
    void whatRefersToTheListSeesTheChange() {
        record Sizes(List<Integer> train, List<Integer> test) {}
        ConfigSource source = ConfigSource.text("a.conf", "train = [1, 2], test = ${train}")
                .withReference(Reference.parse(""))
                .overriddenBy(List.of("train[1]=3"));
        assertThat(Binder.with().bind(source, Sizes.class)).isEqualTo(new Sizes(List.of(1, 3), List.of(1, 3)));
    }

    @Test
    void anElementThatIsNotThereIsRefusedWithThoseThatAre() {
        refuses(
                "students[smal].epochs=1",
                "students[smal] is not there; did you mean students[small]? there are students[small], students[large]");
        refuses("students[2].epochs=1", "students[2] is not there; there are students[small], students[large]");
        refuses(
                "students[small].losses[2]=soft-target",
                "students[0].losses[2] is not there; there are students[0].losses[0], students[0].losses[1]");
        refuses("students[large].losses[0]=soft-target", "students[1].losses is no list in the recipe; give it whole");
        refuses("name[0]=x", "name is no list in the recipe; give it whole");
    }

    @Test
    void whatIsNoPathIsRefused() {
        for (String key : List.of("students[].epochs", "students[0", "students[0].", "students[0]epochs[", "[")) {
            assertThatExceptionOfType(ConfigException.class)
                    .as(key)
                    .isThrownBy(() -> bind(TWO, key + "=1"))
                    .withMessageContaining(
                            "'" + key + "' is no path of keys; an element of a list is named by its place");
        }
    }

    @Test
    void aWrongValueIsToldWithThePathOfItsElement() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> bind(TWO, "students[large].epochs=many"))
                .withMessage("""
                        1 problem in the recipe; nothing was run.
                          command line -D students[large].epochs=many  students[1].epochs: must be a whole number, was 'many'""");
    }

    @Test
    void otherElementsKeepTheirLines() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> bind(TWO.replace("name = large", "name = large, epochs = x"), "students[0].epochs=1"))
                .withMessage("""
                        1 problem in the recipe; nothing was run.
                          conf/cifar10.conf:3  students[1].epochs: must be a whole number, was 'x'""");
    }

    private static List<Integer> epochs(Recipe recipe) {
        return recipe.students().stream().map(Student::epochs).toList();
    }

    private static Recipe bind(String hocon, String... overrides) {
        return SampleCatalogue.BINDER.bind(
                SampleCatalogue.source(hocon).overriddenBy(List.of(overrides)), Recipe.class);
    }

    private static void refuses(String override, String message) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> bind(TWO, override))
                .withMessage(
                        "1 problem in the recipe; nothing was run.\n  command line -D " + override + "  " + message);
    }
}
