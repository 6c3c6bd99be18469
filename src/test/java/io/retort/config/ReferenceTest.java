package io.retort.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.retort.config.SampleCatalogue.LossSettings;
import io.retort.config.SampleCatalogue.Recipe;
import org.junit.jupiter.api.Test;

class ReferenceTest {
    private static final String GOOD = """
            # What the run is called.
            name = unnamed
            defaults {
              students {
                # Passes over the data.
                epochs = 3
                # Summed.
                losses = [cross-entropy]
                # In this order.
                compress = []
              }
              losses {
                cross-entropy {
                  # From 0 to 1.
                  label-smoothing = 0
                }
                soft-target {
                  # Above 0.
                  temperature = 4
                }
              }
              steps {
                # Must be given: epochs.
                fine-tune {}
                prune {
                  # The part of the channels that goes.
                  ratio = 0.5
                }
              }
            }
            """;

    @Test
    void theBuiltInReferenceCanBeRead() {
        assertThat(Reference.builtIn().hocon()).startsWith("# Every default of Retort");
    }

    @Test
    void givesDefaultsAndTheirComments() {
        Reference reference = Reference.parse(GOOD);
        assertThat(reference.value("defaults.losses.soft-target.temperature")).contains("4");
        assertThat(reference.comment("defaults.losses.soft-target.temperature")).isEqualTo("Above 0.");
        assertThat(reference.value("defaults.steps.fine-tune.epochs")).isEmpty();
        assertThat(reference.comment("nowhere")).isEmpty();
    }

    @Test
    void theContractHolds() {
        verify(GOOD);
    }

    @Test
    void theContractFindsWhatIsNotExplained() {
        fails(GOOD.replace("# Above 0.", ""), "comment above defaults.losses.soft-target.temperature");
        fails(GOOD.replace("# Must be given: epochs.", ""), "comment above defaults.steps.fine-tune");
        fails(GOOD.replace("# In this order.", ""), "keys of reference.conf without a comment");
    }

    @Test
    void theContractFindsDefaultsThatDoNotBind() {
        fails(GOOD.replace("temperature = 4", "temperature = -4"), "temperature: must be > 0, was -4.0");
        fails(
                GOOD.replace("temperature = 4", "temperature = 4\n# A slip.\ntemprature = 4"),
                "temprature: unknown key for kind 'soft-target'");
        fails(GOOD.replace("name = unnamed", "title = unnamed"), "title: unknown key");
        fails(GOOD.replace("epochs = 3", "epoch = 3"), "defaults.students.epoch: unknown key");
    }

    @Test
    void theContractRefusesToFindNothing() {
        assertThatExceptionOfType(AssertionError.class).isThrownBy(ReferenceContract::verifyKinds);
    }

    @Test
    void aKeyThatOnlyTheReferenceHasIsNoProblemOfTheUser() {
        Catalogue<LossSettings> losses = SampleCatalogue.LOSSES;
        ConfigSource source = ConfigSource.text("reference.conf", "students = []")
                .withReference(Reference.parse("name = a, other-library = 1"));
        assertThat(Binder.with(losses).bind(source, Recipe.class).name()).isEqualTo("a");
    }

    private static void verify(String reference) {
        ReferenceContract.verifyRecipe(
                Reference.parse(reference), Recipe.class, SampleCatalogue.LOSSES, SampleCatalogue.STEPS);
    }

    private static void fails(String reference, String message) {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> verify(reference))
                .withMessageContaining(message);
    }
}
