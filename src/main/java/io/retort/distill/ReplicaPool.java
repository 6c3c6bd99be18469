package io.retort.distill;

import io.retort.distill.loss.Objective;
import io.retort.distill.loss.TappedLoss;
import io.retort.engine.TrainableNetwork;
import io.retort.engine.TrainableNetwork.TapHead;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The built networks of an executor JVM, so that a Spark job need not build them again.
 *
 * <p>Static, because Spark gives a task no other place that outlives it. There are never more networks than were at
 * work at once; where another training needs one, the network that rested longest is dropped. A network that was lost
 * with its executor is no loss, for the driver has its state.
 */
final class ReplicaPool {
    private static final Deque<Idle> IDLE = new ArrayDeque<>();
    private static int lent;
    private static int mostLent;

    private ReplicaPool() {}

    /** A network at rest. */
    private record Idle(String training, Replica replica) {}

    /** Lends a replica to {@code work}. */
    static <R> R with(TrainingTask task, int totalIterations, Function<Replica, R> work) {
        Optional<Replica> idle = borrow(task);
        List<Replica> sound = new ArrayList<>();
        try {
            Replica replica = idle.orElseGet(() -> new Replica(task, build(task, totalIterations)));
            R result = work.apply(replica);
            sound.add(replica);
            return result;
        } finally {
            giveBack(task, sound);
        }
    }

    private static Optional<Replica> borrow(TrainingTask task) {
        synchronized (IDLE) {
            lent++;
            mostLent = Math.max(mostLent, lent);
            Optional<Idle> own = IDLE.stream()
                    .filter(idle -> idle.training().equals(task.id()))
                    .findFirst();
            own.ifPresent(IDLE::remove);
            dropSurplus();
            return own.map(idle -> idle.replica().of(task));
        }
    }

    /** @param sound the network; none where it failed, since it is not used again then */
    private static void giveBack(TrainingTask task, List<Replica> sound) {
        synchronized (IDLE) {
            lent--;
            sound.forEach(replica -> IDLE.addFirst(new Idle(task.id(), replica)));
            dropSurplus();
        }
    }

    private static void dropSurplus() {
        while (!IDLE.isEmpty() && IDLE.size() + lent > mostLent) {
            IDLE.removeLast().replica().close();
        }
    }

    static TrainableNetwork build(TrainingTask task, int totalIterations) {
        TrainingSettings training = task.training();
        List<TappedLoss> tapped = task.tappedLosses();
        List<TapHead> heads = IntStream.range(0, tapped.size())
                .mapToObj(i -> head(tapped.get(i), TrainingTask.seed(task.seed(), 2, i)))
                .toList();
        return task.compute()
                .begin(
                        task.initial(),
                        training.updater(totalIterations),
                        training.weightDecay(),
                        new Objective(task.losses(), task.signals(), totalIterations),
                        heads)
                .penalisingScales(training.scalePenalty())
                .keeping(task.mask());
    }

    private static TapHead head(TappedLoss loss, long seed) {
        return new TapHead(loss.student(), loss.connectorOutputs(), seed, loss);
    }
}
