package io.retort.distill.allreduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.distill.allreduce.AllReduce.GangFailedException;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class GangTest {
    private static final int LENGTH = 100;
    private static final Duration LONG = Duration.ofMinutes(1);

    private static BitSet all(int lanes) {
        return new Lanes(lanes, 0, lanes).set();
    }

    private static Gang gang(int lanes, Duration patience) {
        return new Gang(lanes, all(lanes), LENGTH, patience, Exchange.none());
    }

    private static AllReduce rank(Gang gang, Lanes lanes) {
        return gang.rank(lanes, () -> {}, () -> {});
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,1", "3,2", "3,3", "5,1", "5,2", "5,4", "8,1", "8,2", "8,3", "8,4", "8,8"})
    void hasTheBitsOfThePlainSumWhateverTheNumberOfRanks(int lanes, int ranks) {
        Gang gang = gang(lanes, LONG);
        List<Supplier<List<float[]>>> works = Gradients.runs(lanes, ranks).stream()
                .map(run -> (Supplier<List<float[]>>) () -> Gradients.steps(rank(gang, run), run, 50, LENGTH))
                .toList();
        List<float[]> expected = Gradients.sums(50, lanes, LENGTH);
        for (CompletableFuture<List<float[]>> sums : Gradients.together(works)) {
            assertThat(sums.join()).containsExactlyElementsOf(expected);
        }
    }

    @Test
    void aSingleRankNeedsNoOther() {
        try (AllReduce alone = AllReduce.alone(5, LENGTH)) {
            Lanes lanes = new Lanes(5, 0, 5);
            assertThat(Gradients.steps(alone, lanes, 2, LENGTH).get(1)).isEqualTo(Gradients.sum(1, 0, 5, LENGTH));
        }
    }

    @Test
    void theOrderOfAdditionMatters() {
        float[] inOrder = new float[LENGTH];
        for (int lane = 0; lane < 8; lane++) {
            float[] vector = Gradients.of(0, lane, LENGTH);
            IntStream.range(0, LENGTH).forEach(i -> inOrder[i] += vector[i]);
        }
        assertThat(inOrder).isNotEqualTo(Gradients.sum(0, 0, 8, LENGTH));
    }

    @Test
    void aRankThatAbortsEndsTheWaitingOfTheOthers() {
        Gang gang = gang(2, LONG);
        AllReduce waiting = rank(gang, new Lanes(2, 0, 1));
        AllReduce failing = rank(gang, new Lanes(2, 1, 1));
        waiting.add(0, Gradients.of(0, 0, LENGTH));
        Supplier<float[]> sum = waiting::sum;
        CompletableFuture<float[]> failed = Gradients.together(List.of(sum)).get(0);
        IllegalStateException cause = new IllegalStateException("no more memory");
        failing.abort(cause);
        assertThatThrownBy(failed::join)
                .cause()
                .isExactlyInstanceOf(GangFailedException.class)
                .hasMessage("the rank of lane 1 failed: java.lang.IllegalStateException: no more memory")
                .hasCause(cause);
        assertThatThrownBy(() -> failing.add(1, new float[LENGTH])).hasMessageContaining("the rank of lane 1 failed");
    }

    @Test
    void aStepThatHasFinishedIsGivenToAllEvenWhereARankFailsAfterIt() {
        Gang gang = gang(2, LONG);
        AllReduce slow = rank(gang, new Lanes(2, 0, 1));
        AllReduce failing = rank(gang, new Lanes(2, 1, 1));
        slow.add(0, Gradients.of(0, 0, LENGTH));
        failing.add(1, Gradients.of(0, 1, LENGTH));
        failing.abort(new IllegalStateException("the disk is full"));
        assertThat(slow.sum()).isEqualTo(Gradients.sum(0, 0, 2, LENGTH));
    }

    @Test
    void aRankThatEndsEarlyEndsTheWaitingOfTheOthers() {
        Gang gang = gang(3, LONG);
        AllReduce waiting = rank(gang, new Lanes(3, 0, 1));
        AllReduce ended = rank(gang, new Lanes(3, 1, 2));
        waiting.add(0, new float[LENGTH]);
        ended.add(1, new float[LENGTH]);
        ended.close();
        ended.abort(new IllegalStateException("too late"));
        assertThatThrownBy(waiting::sum)
                .isExactlyInstanceOf(GangFailedException.class)
                .hasMessage("the rank of lane 2 ended before step 0");
    }

    @Test
    void patienceRunsOutWithTheMissingLanesNamed() {
        AllReduce waiting = rank(gang(6, Duration.ofMillis(1)), new Lanes(6, 1, 2));
        waiting.add(1, new float[LENGTH]);
        waiting.add(2, new float[LENGTH]);
        assertThatThrownBy(waiting::sum)
                .isExactlyInstanceOf(GangFailedException.class)
                .hasMessage("no sum of step 0 after 0 s: the vectors of lanes 0, 3 to 5 are missing");
    }

    @Test
    void aRankThatWaitsLooksWhetherItWasKilled() {
        AllReduce waiting = gang(2, LONG)
                .rank(
                        new Lanes(2, 0, 1),
                        () -> {
                            throw new UnsupportedOperationException("killed");
                        },
                        () -> {});
        waiting.add(0, new float[LENGTH]);
        assertThatThrownBy(waiting::sum).hasMessage("killed");
    }

    @Test
    void refusesWhatNoRankMayDo() {
        AllReduce rank = rank(gang(4, LONG), new Lanes(4, 1, 2));
        rank.add(1, new float[LENGTH]);
        assertThatThrownBy(() -> rank.add(1, new float[LENGTH])).hasMessage("lane 1 was added twice in step 0");
        assertThatThrownBy(() -> rank.add(3, new float[LENGTH]))
                .hasMessage("lane 3 is none of this rank's lanes 1 to 2");
        assertThatThrownBy(() -> rank.add(2, new float[1]))
                .hasMessage("the vector of a lane must have 100 values, had 1");
        assertThatThrownBy(rank::sum)
                .hasMessage("only 1 of this rank's lanes 1 to 2 were added before the sum of step 0");
        Gang gang = gang(4, LONG);
        rank(gang, new Lanes(4, 0, 2));
        assertThatThrownBy(() -> rank(gang, new Lanes(4, 1, 2)))
                .hasMessage("two ranks have lanes in common: one of them has the lanes 1 to 2");
        assertThatThrownBy(() -> new Lanes(4, 3, 2)).hasMessageContaining("lanes from 0 to 3 only");
    }
}
