package io.retort.distill;

import io.retort.data.View;
import io.retort.distill.EpochPlan.Piece;
import io.retort.engine.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The micro-batches of a rank in the order in which it needs them: step by step, and in each step lane by lane. A
 * thread of its own reads and decodes shards and makes the views while the rank trains, a few micro-batches ahead; it
 * holds one shard for each lane.
 */
final class BatchesAhead implements AutoCloseable {
    private static final int MIN_AHEAD = 4;

    private final TrainingTask task;
    private final Chunk chunk;
    private final BlockingQueue<Next> ahead;
    private final Thread reader;

    /** A micro-batch, or why there is none. */
    private sealed interface Next {
        record Rows(Batch batch) implements Next {}

        record Failure(Throwable cause) implements Next {}
    }

    BatchesAhead(TrainingTask task, Chunk chunk) {
        this.task = task;
        this.chunk = chunk;
        this.ahead =
                new ArrayBlockingQueue<>(Math.max(MIN_AHEAD, 2 * chunk.lanes().own()));
        this.reader = new Thread(this::read, "retort-batches-" + chunk.rank());
        reader.setDaemon(true); // a read that hangs must not keep the JVM
        reader.start();
    }

    /**
     * The next micro-batch; waits for it.
     *
     * @param alive runs every second, and throws to end the waiting
     */
    Batch take(Runnable alive) throws InterruptedException {
        while (true) {
            Next next = ahead.poll(1, TimeUnit.SECONDS);
            if (next instanceof Next.Rows rows) {
                return rows.batch();
            }
            if (next instanceof Next.Failure failure) {
                throw unchecked(failure.cause());
            }
            alive.run();
        }
    }

    private static RuntimeException unchecked(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException exception ? exception : new IllegalStateException(cause);
    }

    @Override
    public void close() {
        reader.interrupt();
    }

    private void read() {
        try {
            for (Chunk.Part part : chunk.parts()) {
                read(part);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        } catch (Throwable e) {
            ahead.clear();
            ahead.offer(new Next.Failure(e));
        }
    }

    private void read(Chunk.Part part) throws InterruptedException {
        View view = task.view(part.epoch());
        List<Lane> lanes = new ArrayList<>();
        for (List<Piece> pieces : part.pieces()) {
            lanes.add(new Lane(part.epoch(), view, pieces));
        }
        for (int step = part.fromStep(); step < part.toStep(); step++) {
            for (int lane = 0; lane < lanes.size(); lane++) {
                int rows = chunk.sizes().at(chunk.lanes().first() + lane, step);
                if (rows > 0) {
                    ahead.put(new Next.Rows(lanes.get(lane).next(rows)));
                }
            }
        }
    }

    /** One lane's pieces, one after the other. */
    private final class Lane {
        private final int epoch;
        private final View view;
        private final List<Piece> pieces;
        private int next;
        private RoundData share;
        private int[] order;
        private int at;

        Lane(int epoch, View view, List<Piece> pieces) {
            this.epoch = epoch;
            this.view = view;
            this.pieces = pieces;
            this.share = RoundData.none(task);
            this.order = new int[0];
        }

        Batch next(int rows) {
            if (at == order.length) {
                open(pieces.get(next++));
            }
            int end = Math.min(order.length, at + rows);
            Batch batch = share.batch(Arrays.copyOfRange(order, at, end));
            at = end;
            return batch.size() == rows ? batch : batch.followedBy(next(rows - batch.size()));
        }

        private void open(Piece piece) {
            share = RoundData.read(task, view, task.softLabels(), List.of(piece.shard()));
            int[] shuffled = share.shuffled(TrainingTask.seed(task.seed(), 1, epoch, piece.number()));
            order = Arrays.copyOfRange(shuffled, piece.from(), piece.to());
            at = 0;
        }
    }
}
