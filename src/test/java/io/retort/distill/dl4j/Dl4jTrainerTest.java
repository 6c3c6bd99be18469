package io.retort.distill.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class Dl4jTrainerTest {
    @Test
    void isForScala212Only() {
        assertThat(Dl4jTrainer.Settings.obstacle("2.13.18"))
                .hasValue("is dl4j, which exists for Scala 2.12 only, and this Spark has 2.13.18;"
                        + " set trainer = synchronous or averaging");
        assertThat(Dl4jTrainer.Settings.obstacle("2.12.18")).isEmpty();
        assertThat(new Dl4jTrainer.Settings(Optional.empty(), 1).obstacle()).isEmpty();
    }
}
