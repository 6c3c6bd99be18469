package io.retort.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SettingExceptionTest {
    @Test
    void saysWhichKeyAndWhy() {
        SettingException refusal = new SettingException("epochs", "must be at least 1, was 0");
        assertThat(refusal).hasMessage("epochs must be at least 1, was 0");
        assertThat(refusal.path("students[0].training")).isEqualTo("students[0].training.epochs");
        assertThat(refusal.path("")).isEqualTo("epochs");
        assertThat(SettingException.of(refusal)).isSameAs(refusal);
    }

    @Test
    void anyOtherRefusalIsOfTheWhole() {
        SettingException refusal = SettingException.of(new IllegalArgumentException("no"));
        assertThat(refusal.key()).isEmpty();
        assertThat(refusal.problem()).isEqualTo("no");
        assertThat(refusal).hasMessage("no");
        assertThat(refusal.path("compress[0]")).isEqualTo("compress[0]");
    }
}
