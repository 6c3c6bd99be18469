package io.retort.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.retort.config.Binder.SingleValue;
import io.retort.config.SampleCatalogue.FineTune;
import io.retort.config.SampleCatalogue.Prune;
import io.retort.config.SampleCatalogue.Recipe;
import io.retort.config.SampleCatalogue.SoftTarget;
import io.retort.config.SampleCatalogue.StepSettings;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BinderRefusalTest {
    record Range(int low, int high) {
        Range {
            if (low > high) {
                throw new SettingException("low", "must be at most high, were " + low + " and " + high);
            }
            if (high > 100) {
                throw new IllegalArgumentException("the range must end at 100 or before, ended at " + high);
            }
        }
    }

    record Ranges(Range range) {}

    record Broken(int size) {
        Broken {
            if (size == 0) {
                throw new IllegalStateException("a bug");
            }
        }
    }

    record OneStep(StepSettings step) {}

    record Secretive(Optional<Integer> password) {}

    record Column(
            @SingleValue(insteadOfList = "name them one by one")
            String name) {}

    @Test
    void saysWhatToDoInsteadOfAList() {
        ConfigSource source = ConfigSource.text("r.conf", "name = [a, b]");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> Binder.with().bind(source, Column.class))
                .withMessageEndingWith("r.conf:1  name: must be a text, was a list; name them one by one");
    }

    @Test
    void refusesAnUnknownKeyWithNothingLikeIt() {
        refuses(
                "colour = red\nstudents = []",
                "conf/cifar10.conf:1  colour: unknown key; allowed are defaults, name, students");
        refuses(
                "students = [{ name = a, losses = [{ kind = soft-target, weight = 1 }] }]",
                "conf/cifar10.conf:1  students[0].losses[0].weight: unknown key for kind 'soft-target';"
                        + " allowed are kind, temperature");
    }

    @Test
    void aMisspeltKeyIsNotMissingAsWell() {
        refuses("studens = []", "conf/cifar10.conf:1  studens: unknown key; did you mean 'students'?");
    }

    @Test
    void refusesAnUnknownKind() {
        refuses(
                "students = [{ name = a\n losses = [soft-targett] }]",
                "conf/cifar10.conf:2  students[0].losses[0]: unknown kind 'soft-targett'; did you mean 'soft-target'?"
                        + " losses can be cross-entropy, soft-target");
        refuses(
                "students = [{ name = a, compress = [{\n kind = hammer }] }]",
                "conf/cifar10.conf:2  students[0].compress[0].kind: unknown kind 'hammer'; steps can be fine-tune, prune");
    }

    @Test
    void refusesAnObjectWithoutAKindAndWhatCanBeNone() {
        refuses(
                "students = [{ name = a, losses = [{}] }]",
                "conf/cifar10.conf:1  students[0].losses[0]: kind is missing;"
                        + " add kind, one of the kinds cross-entropy, soft-target");
        refuses(
                "students = [{ name = a, losses = [[]] }]",
                "conf/cifar10.conf:1  students[0].losses[0]: must be one of the kinds cross-entropy, soft-target,"
                        + " was a list");
    }

    @Test
    void refusesAKindByItsNameOnlyWhereASettingHasNoDefault() {
        refuses(
                "students = [{ name = a\n compress = [fine-tune] }]",
                "conf/cifar10.conf:2  students[0].compress[0].epochs: missing; add epochs, a whole number");
    }

    @Test
    void attachesAConstructorsRefusalToTheKeyThatItNames() {
        refuses(
                "students = [{ name = a, losses = [{\n kind = soft-target\n temperature = 0 }] }]",
                "conf/cifar10.conf:3  students[0].losses[0].temperature: must be > 0, was 0.0");
    }

    @Test
    void attachesAConstructorsRefusalToTheObjectWhereItNamesNoKey() {
        ConfigSource source = ConfigSource.text("r.conf", "\nrange {\n low = 1, high = 101 }");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> Binder.with().bind(source, Ranges.class))
                .withMessage("""
                        1 problem in the recipe; nothing was run.
                          r.conf:2  range: the range must end at 100 or before, ended at 101""");
    }

    @Test
    void aConstructorThatFailsOtherwiseIsAMistakeOfTheProgram() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Binder.with().bind(ConfigSource.text("b.conf", "size = 0"), Broken.class))
                .withMessage(Broken.class.getName() + " failed at ")
                .havingCause()
                .withMessage("a bug");
    }

    @Test
    void aWrongDefaultOfTheUsersOwnIsOneProblemHoweverManyUseIt() {
        refuses(
                "defaults.students.epochs = none\nstudents = [{ name = a }, { name = b }]",
                "conf/cifar10.conf:1  defaults.students.epochs: must be a whole number, was 'none'");
    }

    @Test
    void refusesUnknownKeysAmongTheDefaultsEvenIfNothingUsesThem() {
        refuses(
                """
                students = []
                defaults {
                  student { epochs = 1 }
                  losses.soft-target { temprature = 2 }
                  losses.hard-target {}
                  steps.prune = 3
                }
                """,
                "conf/cifar10.conf:3  defaults.student: unknown key; did you mean 'students'?",
                "conf/cifar10.conf:4  defaults.losses.soft-target.temprature:"
                        + " unknown key for kind 'soft-target'; did you mean 'temperature'?",
                "conf/cifar10.conf:5  defaults.losses.hard-target: unknown key; allowed are cross-entropy, soft-target",
                "conf/cifar10.conf:6  defaults.steps.prune: must be an object { ... }, was 3");
    }

    @Test
    void theUsersDefaultsLieBetweenReferenceAndElement() {
        Recipe recipe = SampleCatalogue.bind("""
                defaults.students.epochs = 9
                defaults.losses.soft-target.temperature = 2
                students = [{ name = a, losses = [soft-target] }, { name = b, epochs = 1 }]
                """);
        assertThat(recipe.students().get(0).epochs()).isEqualTo(9);
        assertThat(recipe.students().get(0).losses()).containsExactly(new SoftTarget(2));
        assertThat(recipe.students().get(1).epochs()).isEqualTo(1);
    }

    @Test
    void anotherKindDropsTheDefaultKindWithItsSettings() {
        Reference reference = Reference.parse("step { kind = prune }, defaults.steps.prune { ratio = 0.5 }");
        assertThat(step("", reference)).isEqualTo(new Prune(0.5));
        assertThat(step("step.ratio = 0.1", reference)).isEqualTo(new Prune(0.1));
        assertThat(step("step { kind = fine-tune, epochs = 2 }", reference)).isEqualTo(new FineTune(2));
        assertThat(step("step = prune", Reference.parse("defaults.steps.prune { ratio = 0.5 }")))
                .isEqualTo(new Prune(0.5));
    }

    @Test
    void anElementOfAnotherKindDoesNotTakeTheSettingsOfTheDefaultElement() {
        record Part(StepSettings step) {}
        record Parts(java.util.List<Part> parts) {}
        Reference reference = Reference.parse("defaults.parts.step { kind = prune, ratio = 0.3 }");
        ConfigSource source = ConfigSource.text(
                        "p.conf", "parts = [{}, { step.ratio = 0.4 }, { step { kind = fine-tune, epochs = 1 } }]")
                .withReference(reference);
        assertThat(Binder.with(SampleCatalogue.STEPS).bind(source, Parts.class).parts())
                .containsExactly(new Part(new Prune(0.3)), new Part(new Prune(0.4)), new Part(new FineTune(1)));
    }

    @Test
    void saysWhereTheObjectBeginsThatAKeyIsMissingIn() {
        ConfigSource source = ConfigSource.text("r.conf", "\n\nrange {\n  high = 3\n}")
                .withReference(Reference.parse("range { unrelated = 1 }"));
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> Binder.with().bind(source, Ranges.class))
                .withMessage("""
                        1 problem in the recipe; nothing was run.
                          r.conf:3  range.low: missing; add low, a whole number""");
    }

    @Test
    void showsNoSecretInAMessage() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(
                        () -> Binder.with().bind(ConfigSource.text("s.conf", "password = hunter2"), Secretive.class))
                .withMessage("""
                        1 problem in the recipe; nothing was run.
                          s.conf:1  password: must be a whole number, was (redacted)""");
    }

    @Test
    void refusesTwoCataloguesOfOneTitle() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Binder.with(SampleCatalogue.LOSSES, SampleCatalogue.LOSSES))
                .withMessage("two catalogues have the same title or the same base: [losses, losses]");
    }

    private static StepSettings step(String hocon, Reference reference) {
        ConfigSource source = ConfigSource.text("s.conf", hocon).withReference(reference);
        return Binder.with(SampleCatalogue.STEPS).bind(source, OneStep.class).step();
    }

    private static void refuses(String hocon, String... problems) {
        String count = problems.length == 1 ? "1 problem" : problems.length + " problems";
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> SampleCatalogue.bind(hocon))
                .withMessage(count + " in the recipe; nothing was run.\n  " + String.join("\n  ", problems));
    }
}
