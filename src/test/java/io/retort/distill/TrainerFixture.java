package io.retort.distill;

import io.retort.Pictures;
import io.retort.data.Samples;
import io.retort.data.ViewSettings;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.RowFilterPass;
import io.retort.data.shard.Shard;
import io.retort.data.shard.ShardStore;
import io.retort.data.shard.TestShards;
import io.retort.distill.Trainer.StepTimes;
import io.retort.distill.Trainer.TrainingListener;
import io.retort.distill.loss.CrossEntropyLoss;
import io.retort.distill.loss.LossSettings;
import io.retort.distill.schedule.LearningRate;
import io.retort.network.InputScaling;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.OutputScaling;
import io.retort.network.Structure;
import io.retort.network.zoo.Architecture;
import io.retort.network.zoo.ConvNet;
import io.retort.spark.LocalSpark;
import io.retort.spark.TaskSlots;
import io.retort.storage.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;

/** Small trainings on made-up pictures. */
record TrainerFixture(ShardStore shards, Dataset dataset, Path checkpoints) {
    /** Shards of 100 pictures, the last of 30. */
    static TrainerFixture of(Storage storage, Path root) {
        return of(storage, root, new int[] {100, 100, 100, 30});
    }

    /** Pictures in shards of these sizes. */
    static TrainerFixture cut(Storage storage, Path root, Samples pictures, int... sizes) {
        ShardStore shards = new ShardStore(storage, root);
        List<Shard> written = new ArrayList<>();
        int at = 0;
        for (int size : sizes) {
            written.add(TestShards.write(
                    shards, pictures.rows(IntStream.range(at, at + size).toArray())));
            at += size;
        }
        return new TrainerFixture(shards, new Dataset(Pictures.SCHEMA, written), new Path(root, "checkpoints"));
    }

    /** A place of a training that has them all. */
    static TaskSlots.Training slots() {
        return TaskSlots.fixed(8).enter(1);
    }

    /** So many shards of {@code each} pictures. */
    static TrainerFixture of(Storage storage, Path root, int count, int each) {
        return of(storage, root, IntStream.generate(() -> each).limit(count).toArray());
    }

    private static TrainerFixture of(Storage storage, Path root, int[] counts) {
        ShardStore shards = new ShardStore(storage, root);
        List<Shard> written = new ArrayList<>();
        for (int count : counts) {
            written.add(TestShards.write(shards, Pictures.of(count, 1000L * written.size())));
        }
        return new TrainerFixture(shards, new Dataset(Pictures.SCHEMA, written), new Path(root, "checkpoints"));
    }

    TrainingTask task(String id, int epochs, double rate, long seed) {
        return task(id, new ConvNet(List.of("cbr8", "max")), epochs, rate, seed);
    }

    /** 100 is no multiple of the batch size of 32, so there are partial batches. */
    TrainingTask task(String id, Architecture architecture, int epochs, double rate, long seed) {
        InputScaling scaling = dataset.standardisation();
        Structure structure = architecture
                .build(Pictures.SCHEMA.shape(), Pictures.SCHEMA.classes())
                .withScaling(scaling);
        TrainingSettings training = new TrainingSettings(
                epochs,
                32,
                new Optimizer.Adam(0.9, 0.999, 1e-8),
                new LearningRate(rate, 0, new LearningRate.Decay.Constant()),
                0,
                0,
                ViewSettings.plain());
        return new TrainingTask(
                id,
                structure,
                training,
                List.of(new CrossEntropyLoss.Settings(1, 0)),
                dataset,
                dataset.samples(),
                shards,
                List.of(),
                List.of(),
                Mask.none(),
                OutputScaling.NONE,
                1,
                seed,
                Compute.by(Engine.DL4J));
    }

    /** The task with other losses. */
    static TrainingTask with(List<LossSettings> losses, TrainingTask task) {
        return copy(task, losses, task.dataset());
    }

    /** The task with this training, from a network whose zeros stay. */
    static TrainingTask from(Network start, Mask mask, TrainingSettings training, TrainingTask task) {
        return new TrainingTask(
                task.id(),
                start.structure(),
                training,
                task.losses(),
                task.dataset(),
                task.budgetRows(),
                task.shards(),
                task.teachers(),
                List.of(start),
                mask,
                OutputScaling.NONE,
                task.viewSeed(),
                task.seed(),
                Compute.by(Engine.DL4J));
    }

    /** The task on so many rows, those that keep their labels, with as many steps as on all of them. */
    TrainingTask onLabelled(int rows, TrainingTask task) {
        return copy(task, task.losses(), keepingLabels(rows).labelledRows());
    }

    /** The task on all rows, of which so many keep their labels. */
    TrainingTask partlyLabelled(int rows, TrainingTask task) {
        return copy(task, task.losses(), keepingLabels(rows));
    }

    private Dataset keepingLabels(int rows) {
        return new RowFilterPass(LocalSpark.context(), shards).keepingLabels(dataset, rows);
    }

    private static TrainingTask copy(TrainingTask task, List<LossSettings> losses, Dataset dataset) {
        return new TrainingTask(
                task.id(),
                task.structure(),
                task.training(),
                losses,
                dataset,
                task.budgetRows(),
                task.shards(),
                task.teachers(),
                task.starts(),
                task.mask(),
                OutputScaling.NONE,
                task.viewSeed(),
                task.seed(),
                Compute.by(Engine.DL4J));
    }

    /** Remembers the progress. */
    static class Notes implements TrainingListener {
        final List<String> heard = new ArrayList<>();
        final List<Double> losses = new ArrayList<>();
        final Set<Integer> ranks = new TreeSet<>();
        StepTimes spent = StepTimes.NONE;
        long samples;

        @Override
        public void spread(int used, int lanes, int slots, StepTimes times) {
            ranks.add(used);
            spent = spent.plus(times);
        }

        @Override
        public void roundFinished(int epoch, long trained, double loss) {
            samples += trained;
        }

        @Override
        public void epochFinished(int epoch, double loss, double learningRate) {
            heard.add("epoch " + epoch);
            losses.add(loss);
        }

        @Override
        public void resumed(int epochs) {
            heard.add("resumed after " + epochs);
        }
    }
}
