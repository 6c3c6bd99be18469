package io.retort.run.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.TinyJob;
import io.retort.config.ConfigSource;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import io.retort.run.SmallRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
    @TempDir
    private Path directory;

    @Test
    void saysWhereSeveralTrainingsGoOn() throws IOException {
        RunContext context = SmallRun.context(directory.resolve("root"), line -> {});
        Recipe recipe = Kinds.binder()
                .bind(ConfigSource.file(TinyJob.in(directory).conf().toString()), Recipe.class);
        try (RunDirectory run = RunDirectory.create(context, recipe, Map.of(), "key")) {
            assertThat(run.resumption()).isEqualTo("it goes on where it was");
            run.begins("teacher");
            assertThat(run.resumption()).isEqualTo("it begins again to train teacher");
            run.stage(stage("teacher"));
            run.begins("w1 seed 1");
            run.begins("w1 seed 1 baseline");
            run.begins("w1 seed 2");
            assertThat(run.resumption())
                    .isEqualTo("it begins again to train w1 seed 1, train w1 seed 1 baseline and train w1 seed 2");
            run.goesOnAfter("w1 seed 1", 2, 8);
            run.goesOnAfter("w1 seed 1", 3, 8);
            run.goesOnAfter("w1 seed 1 baseline", 2, 8);
            assertThat(run.resumption())
                    .isEqualTo(
                            "it goes on after epoch 3 of 8 (train w1 seed 1) and epoch 2 of 8 (train w1 seed 1 baseline),"
                                    + " and begins again to train w1 seed 2");
            run.stage(stage("w1 seed 2"));
            run.stage(stage("w1 seed 1"));
            assertThat(run.resumption()).isEqualTo("it goes on after epoch 2 of 8 (train w1 seed 1 baseline)");
            JsonNode manifest = new ObjectMapper().readTree(context.storage().read(run.file(RunDirectory.MANIFEST)));
            assertThat(manifest.at("/stages").findValuesAsText("name"))
                    .containsExactly("teacher", "w1 seed 2", "w1 seed 1");
        }
    }

    private static Manifest.Stage stage(String name) {
        return new Manifest.Stage(name, "0", Manifest.Outcome.DONE, 1);
    }
}
