package io.retort.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.config.SettingException;
import io.retort.data.Target;
import io.retort.engine.onnx.write.FurtherOutputs.Activation;
import io.retort.engine.onnx.write.FurtherOutputs.Output;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExportSettingsTest {
    private static final Target ONE = new Target.ClassTarget(List.of("a", "b"));
    private static final Target SEVERAL = new Target.MultiLabelTarget(List.of("a", "b"));
    private static final ExportSettings ALL =
            new ExportSettings(List.of(Output.LOGITS, Output.PROBABILITIES, Output.LABEL));

    @Test
    void logitsAreAlwaysThere() {
        assertThat(ALL.further()).containsExactly(Output.PROBABILITIES, Output.LABEL);
        assertThat(ExportSettings.LOGITS.further()).isEmpty();
        assertThatThrownBy(() -> new ExportSettings(List.of(Output.LABEL)))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("must have logits, and may have probabilities and label, each once, was [label]");
        assertThatThrownBy(() -> new ExportSettings(List.of(Output.LOGITS, Output.LOGITS)))
                .isInstanceOf(SettingException.class);
        assertThatThrownBy(() -> new ExportSettings(List.of())).isInstanceOf(SettingException.class);
    }

    @Test
    void mustFitTheTarget() {
        ALL.requireFits(ONE);
        ALL.requireFits(new Target.NoTarget(List.of("a", "b")));
        new ExportSettings(List.of(Output.LOGITS, Output.PROBABILITIES)).requireFits(SEVERAL);
        ExportSettings.LOGITS.requireFits(new Target.NumberTarget(List.of("y")));
        assertThatThrownBy(() -> ALL.requireFits(SEVERAL))
                .hasMessageContaining("must be [logits, probabilities], for a row may have several classes, was"
                        + " [logits, probabilities, label]");
        for (Target target :
                List.of(new Target.NumberTarget(List.of("y")), new Target.EmbeddingTarget(3, List.of("a", "b")))) {
            assertThatThrownBy(() -> ALL.requireFits(target))
                    .hasMessageContaining("must be left out, for students give numbers and no classes, was [logits,");
        }
        assertThat(ExportSettings.activation(ONE)).isEqualTo(Activation.SOFTMAX);
        assertThat(ExportSettings.activation(SEVERAL)).isEqualTo(Activation.SIGMOID);
    }
}
