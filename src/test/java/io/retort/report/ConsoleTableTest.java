package io.retort.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ConsoleTableTest {
    @Test
    void alignsWordsLeftAndFiguresRight() {
        String table = new ConsoleTable()
                .left("student")
                .right("accuracy")
                .row("small", "92.31 ± 0.12 %")
                .row(
                        "a name longer than the eighty characters at which the library would wrap a cell, which it must not",
                        "9.00 %")
                .text();
        assertThat(table).isEqualTo("""
                         student                                                                                            |       accuracy
                        ----------------------------------------------------------------------------------------------------+----------------
                         small                                                                                              | 92.31 ± 0.12 %
                         a name longer than the eighty characters at which the library would wrap a cell, which it must not |         9.00 %""");
    }

    @Test
    void refusesARowOfAnotherWidth() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ConsoleTable().left("student").row("a", "b"))
                .withMessage("a row must have 1 cells, has [a, b]");
    }
}
