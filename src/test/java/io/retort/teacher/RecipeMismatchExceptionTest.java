package io.retort.teacher;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.compress.Compressor.UnreachableException;
import io.retort.teacher.RecipeMismatchException.Misfit;
import org.junit.jupiter.api.Test;

class RecipeMismatchExceptionTest {
    private static final String STAGE = "students[0].compress[1]";

    @Test
    void isAtTheKeyThatIsRefused() {
        assertThat(Misfit.at(STAGE, new UnreachableException("ratio", "0.9 of the MACs cannot be cut")))
                .isEqualTo(new Misfit(STAGE + ".ratio", "0.9 of the MACs cannot be cut"))
                .hasToString(STAGE + ".ratio: 0.9 of the MACs cannot be cut");
    }

    /** The first word of a message is no key. */
    @Test
    void isAtTheWholeWhereNoKeyIsRefused() {
        assertThat(Misfit.at(STAGE, new UnreachableException("", "there is no layer that has weights")))
                .isEqualTo(new Misfit(STAGE, "there is no layer that has weights"));
        assertThat(Misfit.at(STAGE, new IllegalArgumentException("impossible")))
                .isEqualTo(new Misfit(STAGE, "impossible"));
        assertThat(new Misfit("", "impossible")).hasToString("impossible");
    }
}
