package io.retort.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.retort.config.Catalogue.Kind;
import io.retort.config.Catalogue.Setting;
import io.retort.config.SampleCatalogue.CrossEntropy;
import io.retort.config.SampleCatalogue.LossSettings;
import io.retort.config.SampleCatalogue.SoftTarget;
import java.util.List;
import org.junit.jupiter.api.Test;

class CatalogueTest {
    private static final Kind<LossSettings> CROSS_ENTROPY = kind("cross-entropy", CrossEntropy.class);
    private static final Kind<LossSettings> SOFT_TARGET = kind("soft-target", SoftTarget.class);

    record Named(String kind) implements LossSettings {}

    static final class NoRecord implements LossSettings {}

    @Test
    void findsAKindByNameAndBySettings() {
        Catalogue<LossSettings> losses = SampleCatalogue.LOSSES;
        assertThat(losses.names()).containsExactly("cross-entropy", "soft-target");
        assertThat(losses.find("soft-target")).map(Kind::settings).contains(SoftTarget.class);
        assertThat(losses.find("hinge")).isEmpty();
        assertThat(losses.kindOf(new SoftTarget(1)).name()).isEqualTo("soft-target");
    }

    @Test
    void listsTheSettingsOfAKindByTheirKeys() {
        assertThat(SampleCatalogue.LOSSES.settings(CROSS_ENTROPY))
                .isEqualTo(List.of(new Setting("label-smoothing", "a number")));
    }

    @Test
    void refusesKindsOutOfOrderOrThereTwice() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Catalogue.of("losses", LossSettings.class, SOFT_TARGET, CROSS_ENTROPY))
                .withMessage("the kinds of catalogue 'losses' must be sorted by name and each there once,"
                        + " but 'cross-entropy' follows 'soft-target'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Catalogue.of("losses", LossSettings.class, SOFT_TARGET, SOFT_TARGET))
                .withMessage("the kinds of catalogue 'losses' must be sorted by name and each there once,"
                        + " but 'soft-target' follows 'soft-target'");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        Catalogue.of("losses", LossSettings.class, CROSS_ENTROPY, kind("other", CrossEntropy.class)))
                .withMessage("two kinds of catalogue 'losses' share one settings record");
    }

    @Test
    void refusesAnEmptyCatalogueAndASettingNamedKind() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Catalogue.of("losses", LossSettings.class))
                .withMessage("catalogue 'losses' is empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Catalogue.of("losses", LossSettings.class, kind("named", Named.class)))
                .withMessage("kind 'named' of catalogue 'losses' has a setting named 'kind'");
    }

    @Test
    void refusesANameThatIsNotInKebabCaseAndSettingsThatAreNoRecord() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> kind("softTarget", SoftTarget.class))
                .withMessage("the name of a kind must be in kebab-case, was 'softTarget'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> kind("soft-target", NoRecord.class))
                .withMessage("the settings of kind 'soft-target' must be a record, was " + NoRecord.class);
    }

    private static Kind<LossSettings> kind(String name, Class<? extends LossSettings> settings) {
        return new Kind<>(name, settings, "a summary", "a source");
    }
}
