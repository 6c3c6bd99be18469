package io.retort.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ElapsedTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0.0 s",
        "-3, 0.0 s",
        "12.345678901, 12.3 s",
        "59.949, 59.9 s",
        "59.95, 1 min 0 s",
        "245.123456789, 4 min 5 s",
        "3599.6, 1 h 0 min",
        "7500, 2 h 5 min",
        "360000, 100 h 0 min"
    })
    void isInWordsOfAUsefulSize(double seconds, String words) {
        assertThat(Elapsed.words(seconds)).isEqualTo(words);
    }
}
