package io.retort.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NamesTest {
    @Test
    void writesCamelCaseInKebabCase() {
        assertThat(Names.kebab("learningRate")).isEqualTo("learning-rate");
        assertThat(Names.kebab("l2Penalty")).isEqualTo("l2-penalty");
        assertThat(Names.kebab("epochs")).isEqualTo("epochs");
    }

    @Test
    void suggestsTheNearestNameIfAThirdOfItWouldChangeAtMost() {
        List<String> names = List.of("epochs", "learning-rate", "seed", "seeds");
        assertThat(Names.nearest("epoch", names)).contains("epochs");
        assertThat(Names.nearest("learningrate", names)).contains("learning-rate");
        assertThat(Names.nearest("sed", names)).contains("seed");
        assertThat(Names.nearest("batch", names)).isEmpty();
        assertThat(Names.nearest("x".repeat(100_000), names)).isEmpty();
    }
}
