package io.retort.distill;

import io.retort.distill.loss.LossSettings;
import io.retort.network.Cost;
import io.retort.network.Structure;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Into how many micro-batches a batch is cut: a function of the recipe and the network alone, since the parameters'
 * bits depend on it. Each is one lane's part of the batch, and one thread's work; BatchNorm normalises it by its own
 * statistics ("ghost batches": Hoffer, Hubara, Soudry 2017, section 4, arXiv:1705.08741).
 */
public final class MicroBatches {
    /** Rows of two micro-batches; with fewer, a pass would be overhead for the most part. */
    private static final int MIN_ROWS_OF_TWO = 32;
    /** Rows of more than two: those of 64 are computed 9 to 16 % faster than those of 32, see docs/SCALING.md. */
    private static final int MIN_ROWS = 64;
    /** Multiply-accumulates of a pass forward beside which its overhead is small. */
    private static final double MIN_MACS = 16e6;
    /** Lanes that one thread may have to hold a shard for each of. */
    private static final int MAX_MICRO_BATCHES = 8;

    private MicroBatches() {}

    /** @param given the most rows that a micro-batch may have, where the recipe says so */
    static int of(TrainingTask task, Optional<Integer> given) {
        return of(task.dataset().samples(), task.training().batchSize(), task.structure(), task.losses(), given);
    }

    /**
     * Into how many.
     *
     * @param rows of an epoch; 1 micro-batch where they are fewer than a batch has
     * @param given the most rows that a micro-batch may have, where the recipe says so
     */
    public static int of(
            long rows, int batch, Structure structure, List<LossSettings> losses, Optional<Integer> given) {
        if (rows < batch) {
            return 1; // a lane could have no row in some step
        }
        if (given.isPresent()) {
            return divisors(batch)
                    .filter(count -> batch / count <= given.get())
                    .min()
                    .orElse(batch);
        }
        if (losses.stream().anyMatch(LossSettings::comparesRows)) {
            return 1; // such a loss is one of the whole batch
        }
        double macs = Math.max(1, Cost.of(structure).macs());
        return divisors(batch)
                .filter(count -> count <= MAX_MICRO_BATCHES
                        && batch >= count * minRows(count)
                        && batch * macs >= count * MIN_MACS)
                .max()
                .orElse(1);
    }

    private static int minRows(int count) {
        return count <= 2 ? MIN_ROWS_OF_TWO : MIN_ROWS;
    }

    private static IntStream divisors(int number) {
        return IntStream.rangeClosed(1, number).filter(divisor -> number % divisor == 0);
    }
}
