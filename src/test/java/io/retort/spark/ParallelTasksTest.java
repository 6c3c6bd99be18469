package io.retort.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ParallelTasksTest {
    private static final ParallelTasks.Merge<String> JOIN = results -> String.join("+", results);

    @Test
    void neighboursAreMergedInTheirOrder() {
        assertThat(merged(10, 3)).containsExactly("0+1+2", "3+4+5", "6+7+8", "9");
        assertThat(merged(6, 2)).containsExactly("0+1", "2+3", "4+5");
    }

    @Test
    void fewInputsAreLeftUnmerged() {
        assertThat(merged(3, 3)).containsExactly("0", "1", "2");
    }

    @Test
    void theExceptionIsTheOneOfTheTask() {
        assertThatThrownBy(() -> ParallelTasks.collectMerged(
                        LocalSpark.context(),
                        List.of(1, 2, 3),
                        2,
                        input -> {
                            throw new IllegalArgumentException("input " + input + " is not to be had");
                        },
                        JOIN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("input [123] is not to be had");
    }

    private static List<String> merged(int count, int fanIn) {
        List<Integer> inputs = IntStream.range(0, count).boxed().toList();
        return ParallelTasks.collectMerged(LocalSpark.context(), inputs, fanIn, input -> Integer.toString(input), JOIN);
    }
}
