package io.retort.run.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.retort.distill.Trainer.TrainingCurve;
import io.retort.storage.Json;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;

/**
 * {@code <run>/metrics.jsonl}: a line of JSON for each epoch of each training, as they end, for programs that draw
 * curves.
 *
 * <p>Not every file system can append, so the file is written anew: at most every {@code INTERVAL}, and where the run
 * ends. It is bounded.
 */
public final class EpochMetrics {
    /** Below the run's directory. */
    public static final String FILE = "metrics.jsonl";

    private static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final int MAX_CHARACTERS = 16 << 20;

    private final RunContext context;
    private final Path file;
    private final StringBuilder text = new StringBuilder();
    private Instant written = Instant.MIN;

    EpochMetrics(RunContext context, Path run) {
        this.context = context;
        this.file = new Path(run, FILE);
    }

    /**
     * An epoch.
     *
     * @param time when it ended here, ISO 8601; nothing where the epoch was trained before, by this run or another
     * @param training as the console calls it, such as {@code small seed 1 baseline}
     * @param epoch from 1
     * @param loss the mean over the epoch's rows
     * @param learningRate of its last step
     */
    record Line(
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<String> time,
            String training,
            long seed,
            int epoch,
            int epochs,
            String objective,
            double loss,
            double learningRate) {}

    /** Begins a training. */
    public Training begin(String title, long seed, String objective, int epochs) {
        return new Training(title, seed, objective, epochs);
    }

    private synchronized void add(Line line) {
        if (text.length() < MAX_CHARACTERS) {
            text.append(Json.compact(line)).append('\n');
        }
        if (Duration.between(written, context.clock().instant()).compareTo(INTERVAL) >= 0) {
            write();
        }
    }

    /** Writes all lines; nothing where there are none. */
    synchronized void write() {
        if (text.isEmpty()) {
            return;
        }
        written = context.clock().instant();
        try {
            context.storage().write(file, text.toString().getBytes(StandardCharsets.UTF_8));
        } catch (UncheckedIOException e) {
            // A full disk fails the run where it writes results, with a message; this must not hide that one.
        }
    }

    /** The epochs of one training. */
    public final class Training {
        private final String title;
        private final long seed;
        private final String objective;
        private final int epochs;
        private final TreeSet<Integer> told = new TreeSet<>();

        private Training(String title, long seed, String objective, int epochs) {
            this.title = title;
            this.seed = seed;
            this.objective = objective;
            this.epochs = epochs;
        }

        /** An epoch has ended now. */
        public void epoch(int epoch, double loss, double learningRate) {
            Instant now = context.clock().instant().truncatedTo(ChronoUnit.MILLIS);
            add(Optional.of(now.toString()), epoch, loss, learningRate);
        }

        /** The training has ended; its epochs that were trained before follow. */
        public void completed(TrainingCurve curve) {
            for (int i = 0; i < curve.epochs(); i++) {
                if (!told.contains(i + 1)) {
                    add(
                            Optional.empty(),
                            i + 1,
                            curve.losses().get(i),
                            curve.learningRates().get(i));
                }
            }
        }

        private void add(Optional<String> time, int epoch, double loss, double learningRate) {
            told.add(epoch);
            EpochMetrics.this.add(new Line(time, title, seed, epoch, epochs, objective, loss, learningRate));
        }
    }
}
