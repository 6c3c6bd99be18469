package io.retort.bench;

import io.retort.bench.Measurement.Better;
import io.retort.data.shard.Dataset;
import io.retort.distill.Engine;
import io.retort.distill.SynchronousTrainer;
import io.retort.distill.Trainer.StepTimes;
import io.retort.distill.Trainer.TrainingListener;
import io.retort.distill.TrainingTask;
import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork;
import io.retort.predict.Model.ModelHandle;
import io.retort.spark.TaskSlots;
import io.retort.storage.Storage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Two replicas of one thread that Spark trains together, against a bare loop of one thread over the same batches in this process.
 *
 * <p>The loops run in the driver between the Spark jobs of one training, while the replicas wait, so that the sides take turns. A job's time is all that
 * passes between them: launching, reading, training, adding gradients, checkpoints. The bare loop has its batches in memory. Two bare loops at
 * once show what the machine allows.
 */
final class ReplicaPiece {
    private static final int REPLICAS = 2;
    /**
     * The part of a training until replicas are built and their loops compiled: a new executor takes twice the processor time for the student's
     * first 30,000 samples.
     */
    private static final double WARM_UP = 0.4;

    private final JavaSparkContext spark;
    private final Workload workload;
    private final Storage storage;
    private final ModelHandle teacher;

    ReplicaPiece(JavaSparkContext spark, Workload workload, Storage storage, ModelHandle teacher) {
        this.spark = spark;
        this.workload = workload;
        this.storage = storage;
        this.teacher = teacher;
    }

    /**
     * @param piece names the piece, and where the replicas are
     * @param dataset of which each round takes two shards
     * @param loopBatches that a bare loop trains on after each round
     */
    Measurement measure(
            String piece, double target, Workload.Assignment assignment, Dataset dataset, int epochs, int loopBatches) {
        OtherLoad load = OtherLoad.from();
        List<Batch> batches = new ArrayList<>();
        for (int shard = 0; batches.size() < loopBatches; shard++) {
            batches.addAll(
                    workload.batches(assignment, dataset, dataset.shards().get(shard), storage, teacher));
        }
        try (SecondThread second = new SecondThread()) {
            Turns turns = new Turns(
                    assignment, batches.subList(0, loopBatches), second, (long) (WARM_UP * epochs * dataset.samples()));
            train(piece, assignment.withEpochs(epochs), dataset, turns);
            return turns.measurement(piece, target, assignment, load);
        }
    }

    private void train(String piece, Workload.Assignment assignment, Dataset dataset, Turns turns) {
        TrainingTask task =
                workload.task("bench-" + piece + "-" + assignment.name(), assignment, dataset, storage, teacher);
        new SynchronousTrainer.Settings(Optional.of(REPLICAS), Optional.empty(), Engine.ONEDNN, Optional.empty())
                .create(spark, storage, new Path(workload.root(), "store/checkpoints"), REPLICAS)
                .train(task, TaskSlots.fixed(REPLICAS).enter(1), turns);
    }

    /** Runs the bare loops after each round. */
    private static final class Turns implements TrainingListener {
        private final List<Batch> batches;
        private final List<TrainableNetwork> networks;
        private final List<Double> rounds = new ArrayList<>();
        private final List<Double> single = new ArrayList<>();
        private final List<Double> pair = new ArrayList<>();
        private final SecondThread second;
        private final long warmUp;
        private long trained;
        private long samples;
        private StepTimes times = StepTimes.NONE;
        private long start;

        Turns(Workload.Assignment assignment, List<Batch> batches, SecondThread second, long warmUp) {
            this.second = second;
            this.warmUp = warmUp;
            this.batches = batches;
            this.networks = List.of(assignment.begin(Engine.ONEDNN), assignment.begin(Engine.ONEDNN));
        }

        @Override
        public void roundFinished(int epoch, long worked, double loss) {
            samples += worked; // a job that goes on into another epoch is told of in parts
        }

        @Override
        public void spread(int ranks, int lanes, int slots, StepTimes spent) {
            if (ranks != REPLICAS) {
                throw new IllegalStateException("trained on " + ranks + " slots");
            }
            double roundSeconds = (System.nanoTime() - start) / 1e9;
            double singleRate = seen() / seconds(() -> train(networks.get(0)));
            double pairRate = 2
                    * seen()
                    / seconds(() -> second.beside(() -> train(networks.get(1)), () -> train(networks.get(0))));
            trained += samples;
            if (trained > warmUp) {
                rounds.add(samples / roundSeconds);
                times = times.plus(spent);
                single.add(singleRate);
                pair.add(pairRate);
            }
            samples = 0;
            start = System.nanoTime();
        }

        @Override
        public void epochFinished(int epoch, double loss, double learningRate) {
            // a checkpoint belongs to the time of the next round
        }

        @Override
        public void resumed(int epochs) {
            throw new IllegalStateException("a benchmark has nothing to resume");
        }

        private Measurement measurement(String piece, double target, Workload.Assignment assignment, OtherLoad load) {
            Map<String, Double> sides = new LinkedHashMap<>();
            sides.put("Spark", Measurement.median(rounds));
            sides.put("one bare loop", Measurement.median(single));
            sides.put("two bare loops", Measurement.median(pair));
            System.err.printf(
                    Locale.ROOT,
                    "the replicas' time: %.0f %% waiting for rows, %.0f %% exchanging gradients, the rest computing%n",
                    100 * times.waitingForRows(),
                    100 * times.waitingForOthers());
            return new Measurement(
                    piece,
                    "two replicas, " + piece + " / one bare loop, " + assignment.name(),
                    sides.get("Spark") / sides.get("one bare loop"),
                    target,
                    Better.HIGHER,
                    sides,
                    "images/s",
                    load.cores());
        }

        private double seen() {
            return batches.stream().mapToInt(Batch::size).sum();
        }

        private void train(TrainableNetwork network) {
            batches.forEach(network::step);
        }

        private static double seconds(Runnable work) {
            long begin = System.nanoTime();
            work.run();
            return (System.nanoTime() - begin) / 1e9;
        }
    }
}
