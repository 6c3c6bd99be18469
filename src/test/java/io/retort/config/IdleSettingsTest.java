package io.retort.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.retort.config.SampleCatalogue.Prune;
import io.retort.config.SampleCatalogue.Recipe;
import io.retort.config.SampleCatalogue.StepSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a recipe sets without effect is refused, and a setting of a kind that is the default needs no kind. */
class IdleSettingsTest {
    record Teacher(Optional<String> from, int epochs) implements PartlyIdle {
        @Override
        public Map<String, String> idle() {
            return from.isPresent() ? Map.of("epochs", "from names a network that is trained already") : Map.of();
        }
    }

    record School(Teacher teacher, List<Teacher> teachers) {}

    record Stepped(StepSettings step) {}

    @Test
    void aDefaultThatEveryElementOverrides() {
        String students = "students = [{ name = a, epochs = 1 }, { name = b, epochs = 2 }]";
        refuses(
                "defaults.students.epochs = 9\n" + students,
                "conf/cifar10.conf:1  defaults.students.epochs: has no effect, for all students have their own; set it"
                        + " there, or on the command line by -D 'students[NAME].epochs=VALUE'");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> SampleCatalogue.BINDER.bind(
                        SampleCatalogue.source(students).overriddenBy(List.of("defaults.students.epochs=9")),
                        Recipe.class))
                .withMessageContaining(
                        "command line -D defaults.students.epochs=9  defaults.students.epochs: has no effect");
    }

    @Test
    void aDefaultOfAKindThatNothingIsOf() {
        refuses(
                "defaults.losses.soft-target.temperature = 2\nstudents = [{ name = a }]",
                "conf/cifar10.conf:1  defaults.losses.soft-target.temperature: has no effect, for nothing in the recipe"
                        + " is of kind 'soft-target'; leave it out");
    }

    @Test
    void aDefaultOfAKindOfWhichEachHasItsOwn() {
        refuses(
                "defaults.steps.prune.ratio = 0.1\nstudents = [{ name = a, compress = [{ kind = prune, ratio = 0.2 }] }]",
                "conf/cifar10.conf:1  defaults.steps.prune.ratio: has no effect, for everything of kind 'prune' has its"
                        + " own; set it there");
    }

    @Test
    void aDefaultOfElementsThatAreNotThere() {
        refuses(
                "students = []\ndefaults.students.losses = [soft-target]",
                "conf/cifar10.conf:2  defaults.students.losses: has no effect, for the recipe has no students; leave it"
                        + " out");
    }

    @Test
    void aDefaultThatOneElementTakesHasAnEffect() {
        Recipe recipe = SampleCatalogue.bind("""
                defaults.students { epochs = 9, losses = [{ kind = soft-target, temperature = 3 }] }
                students = [{ name = a, epochs = 1 }, { name = b, losses = [cross-entropy] }]
                """);
        assertThat(recipe.students().get(1).epochs()).isEqualTo(9);
    }

    @Test
    void aDefaultThatASubstitutionRepeatsHasAnEffectWhereThatIsTaken() {
        Reference reference = Reference.parse(
                "teachers = [], defaults.teachers.epochs = 3, teacher.epochs = ${defaults.teachers.epochs}");
        ConfigSource source =
                ConfigSource.text("r.conf", "defaults.teachers.epochs = 5").withReference(reference);
        assertThat(Binder.with().bind(source, School.class).teacher()).isEqualTo(new Teacher(Optional.empty(), 5));
    }

    @Test
    void aSettingThatAnotherMakesIdle() {
        Reference reference = Reference.parse("teachers = [], defaults.teachers.epochs = 3, teacher.epochs = 4");
        assertThat(school("teacher.from = x", reference).teacher()).isEqualTo(new Teacher(Optional.of("x"), 4));
        refuses(
                reference,
                "teacher { from = x\nepochs = 5 }",
                "r.conf:2  teacher.epochs: has no effect, for from names a network that is trained already; leave it out");
        refuses(
                reference,
                "defaults.teachers.epochs = 5\nteachers = [{ from = x }]",
                "r.conf:1  defaults.teachers.epochs: has no effect, for from names a network that is trained already;"
                        + " leave it out");
        assertThat(school("defaults.teachers.epochs = 5, teachers = [{ from = x }, {}]", reference)
                        .teachers())
                .containsExactly(new Teacher(Optional.of("x"), 5), new Teacher(Optional.empty(), 5));
    }

    @Test
    void theCanonicalTextLeavesOutWhatIsIdle() {
        Canonical canonical = Canonical.with();
        assertThat(canonical.text(new Teacher(Optional.of("x"), 5))).isEqualTo("{\"from\":\"x\"}");
        assertThat(canonical.text(new Teacher(Optional.empty(), 5))).isEqualTo("{\"from\":null,\"epochs\":5}");
    }

    @Test
    void anObjectWithoutAKindIsOfTheDefaultKind() {
        Reference reference = Reference.parse("step = prune, defaults.steps.prune { ratio = 0.5 }");
        assertThat(step(ConfigSource.text("s.conf", "step { ratio = 0.1 }").withReference(reference)))
                .isEqualTo(new Prune(0.1));
    }

    @Test
    void theCommandLineKeepsTheKindThatTheFileNames() {
        Reference reference =
                Reference.parse("step = prune, defaults.steps { prune { ratio = 0.5 }, fine-tune { epochs = 1 } }");
        ConfigSource source = ConfigSource.text("s.conf", "step = fine-tune").withReference(reference);
        assertThat(step(source.overriddenBy(List.of("step.epochs=3")))).isEqualTo(new SampleCatalogue.FineTune(3));
    }

    @Test
    void aDefaultElementWithoutAKindIsOfTheDefaultKindToo() {
        record Part(StepSettings step) {}
        record Parts(List<Part> parts) {}
        Reference reference = Reference.parse("defaults { parts.step = prune, steps.prune.ratio = 0.5 }");
        ConfigSource source = ConfigSource.text(
                        "p.conf", "defaults.parts.step.ratio = 0.3, parts = [{}, { step.ratio = 0.4 }]")
                .withReference(reference);
        assertThat(Binder.with(SampleCatalogue.STEPS).bind(source, Parts.class).parts())
                .containsExactly(new Part(new Prune(0.3)), new Part(new Prune(0.4)));
    }

    @Test
    void aSettingOfAnotherKindThanTheDefaultIsRefused() {
        Reference reference = Reference.parse("step = prune, defaults.steps.prune { ratio = 0.5 }");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() ->
                        step(ConfigSource.text("s.conf", "step { epochs = 1 }").withReference(reference)))
                .withMessageContaining("s.conf:1  step.epochs: unknown key for kind 'prune'; allowed are kind, ratio");
    }

    private static StepSettings step(ConfigSource source) {
        return Binder.with(SampleCatalogue.STEPS).bind(source, Stepped.class).step();
    }

    private static School school(String hocon, Reference reference) {
        return Binder.with().bind(ConfigSource.text("r.conf", hocon).withReference(reference), School.class);
    }

    private static void refuses(Reference reference, String hocon, String problem) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> school(hocon, reference))
                .withMessage("1 problem in the recipe; nothing was run.\n  " + problem);
    }

    private static void refuses(String hocon, String problem) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> SampleCatalogue.bind(hocon))
                .withMessage("1 problem in the recipe; nothing was run.\n  " + problem);
    }
}
