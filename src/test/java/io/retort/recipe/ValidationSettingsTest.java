package io.retort.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.config.ConfigException;
import io.retort.data.source.IdxReader;
import io.retort.plan.Preview;
import io.retort.run.SmallRun;
import io.retort.storage.Storage;
import io.retort.teacher.RecipeMismatchException;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidationSettingsTest {
    private static final String SOURCE =
            "data.validation.source { kind = idx, images = [\"/nowhere/images\"], classes = 10 }\n";

    @TempDir
    private Path directory;

    private SmallRun small;

    @BeforeEach
    void writeData() throws IOException {
        small = SmallRun.in(directory);
    }

    private Recipe bound(String more) {
        return SmallRun.bound(small.recipe("validation", "[1]", SmallRun.DENSE) + more);
    }

    private void refuses(String more, String key, String message) {
        assertThatThrownBy(() -> bound(more))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(key + ": " + message);
    }

    @Test
    void aFractionOrASourceMayBeGiven() {
        assertThat(bound("").data().validation()).isEmpty();
        assertThat(bound("data.validation.fraction = 0.1\n")
                        .data()
                        .validation()
                        .orElseThrow()
                        .fraction())
                .contains(0.1);
        assertThat(bound(SOURCE).data().validationSource().orElseThrow()).isInstanceOf(IdxReader.Settings.class);
        assertThat(bound(SOURCE).data().sources())
                .containsOnlyKeys("data.train", "data.test", "data.validation.source");
    }

    @Test
    void refusesWhatIsNeitherOrBoth() {
        refuses("data.validation {}\n", "data.validation.fraction", "missing");
        refuses(
                SOURCE + "data.validation.fraction = 0.1\n",
                "data.validation.source",
                "must not be set beside fraction");
        refuses("data.validation.fraction = 1.0\n", "data.validation.fraction", "must be in (0, 1), was 1.0");
        refuses("data.label-limit = 0\n", "data.label-limit", "must be at least 1, was 0");
    }

    @Test
    void aSourceThatIsNotThereIsSeenBeforeAnythingRuns() {
        assertThat(Preview.of(bound(SOURCE), Storage.of(new Configuration())).misfits())
                .extracting(RecipeMismatchException.Misfit::path)
                .containsExactly("data.validation.source.images");
    }
}
