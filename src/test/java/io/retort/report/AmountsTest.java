package io.retort.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmountsTest {
    @ParameterizedTest
    @CsvSource({
        "-3, 0.00 s",
        "0.4243, 0.42 s",
        "12.345678901, 12.3 s",
        "59.949, 59.9 s",
        "59.95, 1 min 0 s",
        "245.123456789, 4 min 5 s",
        "3599.6, 1 h 0 min",
        "18420, 5 h 7 min",
        "172799, 47 h 59 min",
        "1036800, 12.0 days"
    })
    void durationHasTwoUnitsAtMost(double seconds, String words) {
        assertThat(Amounts.duration(seconds)).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({"-1, 0 s", "41, 41 s", "400, 6 min 40 s", "3960, 1 h 6 min"})
    void wholeSecondsHaveNoFraction(long seconds, String words) {
        assertThat(Amounts.wholeSeconds(seconds)).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({"999, 999 B", "1024, 1.0 KiB", "3460000, 3.3 MiB", "1610612736, 1.5 GiB"})
    void bytesAreInBinaryUnits(long bytes, String words) {
        assertThat(Amounts.bytes(bytes)).isEqualTo(words);
    }

    @Test
    void figuresHaveTheDigitsThatAreOfUse() {
        assertThat(Amounts.count(60_000)).isEqualTo("60,000");
        assertThat(Amounts.percent(0.92305)).isEqualTo("92.31 %");
        assertThat(Amounts.millis(0.4123)).isEqualTo("0.412");
        assertThat(Amounts.figure(1250)).isEqualTo("1,250");
        assertThat(Amounts.figure(17.31)).isEqualTo("17.3");
    }
}
