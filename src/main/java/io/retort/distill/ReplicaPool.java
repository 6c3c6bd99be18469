package io.retort.distill;

import io.retort.distill.loss.Objective;
import io.retort.distill.loss.TappedLoss;
import io.retort.engine.dl4j.TapHead;
import io.retort.engine.dl4j.TrainableNetwork;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The built networks of an executor JVM, so that a round need not build them again.
 *
 * <p>Static, because Spark gives a task no other place that outlives it. It keeps no more idle networks than the JVM has cores, whichever trainings they are of,
 * and drops first those that were idle longest; a replica's state travels with each round, so a network that was dropped, or lost with its executor, is no
 * loss.
 */
final class ReplicaPool {
    private static final Deque<Idle> IDLE = new ArrayDeque<>();

    private ReplicaPool() {}

    /** A network that nobody uses at the moment. */
    private record Idle(String training, TrainableNetwork network) {}

    /** Lends a replica to {@code work}. */
    static <R> R with(TrainingTask task, int totalIterations, Function<Replica, R> work) {
        TrainableNetwork network = borrowed(task.id()).orElseGet(() -> build(task, totalIterations));
        R result = work.apply(new Replica(task, network));
        giveBack(task, network); // not in a finally: a network that failed is not used again
        return result;
    }

    private static Optional<TrainableNetwork> borrowed(String training) {
        synchronized (IDLE) {
            Optional<Idle> known = IDLE.stream()
                    .filter(idle -> idle.training().equals(training))
                    .findFirst();
            known.ifPresent(IDLE::remove);
            return known.map(Idle::network);
        }
    }

    static TrainableNetwork build(TrainingTask task, int totalIterations) {
        TrainingSettings training = task.training();
        List<TappedLoss> tapped = task.tappedLosses();
        List<TapHead> heads = IntStream.range(0, tapped.size())
                .mapToObj(i -> head(tapped.get(i), RoundPlan.seed(task.seed(), 2, i)))
                .toList();
        return TrainableNetwork.tapped(
                        task.initial(),
                        training.optimizer().create(training.learningRate().create(totalIterations)),
                        training.weightDecay(),
                        new Objective(task.losses(), totalIterations),
                        heads)
                .penalisingScales(training.scalePenalty())
                .keeping(task.mask());
    }

    private static TapHead head(TappedLoss loss, long seed) {
        return new TapHead(loss.student(), loss.connectorOutputs(), seed, loss);
    }

    private static void giveBack(TrainingTask task, TrainableNetwork network) {
        synchronized (IDLE) {
            IDLE.push(new Idle(task.id(), network));
            if (IDLE.size() > Runtime.getRuntime().availableProcessors()) {
                IDLE.removeLast();
            }
        }
    }
}
