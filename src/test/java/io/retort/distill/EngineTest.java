package io.retort.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.config.ConfigSource;
import io.retort.engine.TrainableNetwork.Precision;
import io.retort.engine.onednn.OneDnnNetwork;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.zoo.ConvNet;
import io.retort.recipe.Kinds;
import io.retort.recipe.Recipe;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngineTest {
    private static final Structure STUDENT = new ConvNet.W1Student().build(Shape.image(1, 28, 28), 10);

    @Test
    void automaticallyTakesOneDnnWhereItIsFast() {
        assertThat(Engine.AUTO.of(STUDENT)).isEqualTo(Engine.ONEDNN);
        assertThat(Engine.ONEDNN.of(STUDENT)).isEqualTo(Engine.ONEDNN);
        assertThat(Engine.DL4J.of(STUDENT)).isEqualTo(Engine.DL4J);
        assertThat(Engine.AUTO.choice(STUDENT).words()).matches("oneDNN 3\\.\\d+, (AVX|SSE)[A-Z0-9_]+");
        assertThat(Engine.DL4J.choice(STUDENT).words()).isEqualTo("DL4J");
    }

    @ParameterizedTest
    @ValueSource(strings = {"synchronous", "averaging"})
    void aRecipeNamesTheEngineAndItsFingerprintKnows(String kind) {
        TrainerSettings usual = settings("trainer.kind=" + kind);
        TrainerSettings chosen = settings("trainer.kind=" + kind, "trainer.engine=onednn");
        assertThat(usual.engine()).isEqualTo(Engine.AUTO);
        assertThat(chosen.engine()).isEqualTo(Engine.ONEDNN);
        assertThat(address(chosen)).isNotEqualTo(address(usual));
        assertThat(address(settings("trainer.kind=" + kind, "trainer.engine=dl4j")))
                .isNotEqualTo(address(chosen))
                .isNotEqualTo(address(usual));
    }

    @ParameterizedTest
    @ValueSource(strings = {"synchronous", "averaging"})
    void aRecipeNamesThePrecisionAndOnlyThenItsFingerprintKnows(String kind) {
        TrainerSettings usual = settings("trainer.kind=" + kind);
        TrainerSettings chosen = settings("trainer.kind=" + kind, "trainer.precision=bfloat16");
        assertThat(usual.compute()).isEqualTo(new Compute(Engine.AUTO, Precision.FLOAT32));
        assertThat(chosen.compute()).isEqualTo(new Compute(Engine.AUTO, Precision.BFLOAT16));
        assertThat(address(usual)).doesNotContain("precision");
        assertThat(address(chosen)).contains("\"precision\":\"bfloat16\"");
        assertThat(chosen.obstacle())
                .isEqualTo(OneDnnNetwork.obstacle(Precision.BFLOAT16)
                        .map(reason -> "has precision = bfloat16, but " + reason + "; leave precision out here"));
        assertThatThrownBy(() -> settings("trainer.kind=" + kind, "trainer.engine=dl4j", "trainer.precision=bfloat16"))
                .hasMessageContaining("trainer.precision: bfloat16 is for the engine onednn");
    }

    private static TrainerSettings settings(String... overrides) {
        ConfigSource source = ConfigSource.file("conf/w1.conf").overriddenBy(List.of(overrides));
        return Kinds.binder()
                .bind(source.withEnvironment(java.util.Map.of("RETORT_DATA", "data")), Recipe.class)
                .trainer();
    }

    private static String address(TrainerSettings settings) {
        return Kinds.canonical().address((Record) settings.identity());
    }
}
