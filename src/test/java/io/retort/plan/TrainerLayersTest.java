package io.retort.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.run.SmallRun;
import io.retort.storage.Storage;
import io.retort.teacher.RecipeMismatchException;
import io.retort.teacher.RecipeMismatchException.Misfit;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerLayersTest {
    private static final String SHUFFLED =
            SmallRun.CONV.replaceFirst("architecture \\{[^}]*}", "architecture = shufflenet-v2");

    @TempDir
    private Path directory;

    private Plan plan(String trainer) throws IOException {
        String recipe = SmallRun.in(directory)
                .recipe("layers", "[1]", SHUFFLED)
                .replace("trainer { micro-batch = 8 }", "trainer = " + trainer);
        return Plan.ahead(SmallRun.bound(recipe), Storage.of(new Configuration()));
    }

    @Test
    void dl4jIsRefusedWhereItsOwnLayersCannotComputeAStudent() throws IOException {
        assertThatThrownBy(() -> plan("dl4j"))
                .asInstanceOf(InstanceOfAssertFactories.type(RecipeMismatchException.class))
                .extracting(RecipeMismatchException::misfits, InstanceOfAssertFactories.list(Misfit.class))
                .singleElement()
                .satisfies(misfit -> {
                    assertThat(misfit.path()).isEqualTo("trainer");
                    assertThat(misfit.message()).contains("is a channel-shuffle", "set trainer = synchronous");
                });
        assertThat(plan("synchronous").students()).hasSize(1);
    }
}
