package io.retort.scaling;

import io.retort.distill.AveragingTrainer;
import io.retort.distill.TrainerSettings;
import io.retort.network.Cost;
import io.retort.network.Structure;
import io.retort.predict.Model.ModelFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A recipe in numbers: all that its time and its memory depend on, apart from the machines.
 *
 * @param passes of labelling, in their order; from the last one students learn
 * @param tapPasses over the training samples for the values of the teacher's taps
 * @param networks by name
 * @param trainings each after those that it begins after
 * @param trainer as the recipe sets it
 */
public record Workload(
        Part train,
        Part test,
        List<LabelPass> passes,
        List<TapPass> tapPasses,
        LabelBytes labels,
        Map<String, NetworkSize> networks,
        List<Training> trainings,
        TrainerSettings trainer) {
    static final String OF_STUDENT = "student ";

    /**
     * Training or held-out samples.
     *
     * @param sampleBytes of one sample's id, label and features, before compression
     * @param readers that can read the source at once
     */
    public record Part(long samples, long shards, int sampleBytes, int readers) {
        public long bytes() {
            return samples * sampleBytes;
        }

        double samplesPerShard() {
            return (double) samples / shards;
        }
    }

    /**
     * Labelling by one teacher: of the training samples in each view, and of the held-out samples.
     *
     * @param networks that label, by name; several make an ensemble
     */
    public record LabelPass(List<String> networks, int views) {
        public LabelPass {
            networks = List.copyOf(networks);
        }
    }

    /**
     * The values of the teacher's taps for the training samples in each view, computed in the pass over the logits that
     * students learn from.
     *
     * @param students that learn from them
     * @param taps their nodes and shapes, for people
     * @param each bytes of one sample, ids included, before compression
     */
    public record TapPass(List<String> students, String taps, int each, int views) {
        public TapPass {
            students = List.copyOf(students);
        }

        /** This pass, which serves other students, too. */
        TapPass with(TapPass same) {
            List<String> all = new ArrayList<>(students);
            all.addAll(same.students);
            return new TapPass(all, taps, each, views);
        }
    }

    /**
     * Soft labels.
     *
     * @param each bytes of one sample's id and signals, before compression
     * @param batchSize samples per call of the teacher
     */
    public record LabelBytes(String codec, int each, int classes, int batchSize) {}

    /**
     * The size of a network.
     *
     * @param trainedParameters those an optimiser moves
     * @param parameters those and BatchNorm's statistics
     * @param activations output elements of all layers, for one sample
     * @param largestActivation of one layer
     */
    public record NetworkSize(
            long trainedParameters, long parameters, long activations, long largestActivation, long inputs) {
        static NetworkSize of(Structure structure) {
            Cost cost = Cost.of(structure);
            return new NetworkSize(
                    cost.trainedParameters(),
                    cost.parameters(),
                    cost.layers().stream()
                            .mapToLong(layer -> layer.output().elements())
                            .sum(),
                    cost.layers().stream()
                            .mapToLong(layer -> layer.output().elements())
                            .max()
                            .orElse(0),
                    structure.input().elements());
        }

        /**
         * Of a model from elsewhere its files are known, if anything, and its activations are not: they count as
         * nothing.
         *
         * @param inputs elements of a row
         */
        static NetworkSize of(ModelFacts facts, long inputs) {
            long bytes = facts.bytes().orElse(0);
            return new NetworkSize(facts.parameters().orElse(0), bytes / Float.BYTES, 0, 0, inputs);
        }

        /** Whether it is a network of ours, whose layers are known. */
        boolean isOurs() {
            return activations > 0;
        }

        /** About the bytes of its ONNX file. */
        public long modelBytes() {
            return Float.BYTES * parameters;
        }
    }

    /**
     * The memory of a replica, parameters included, as an engine lays it out on this machine.
     *
     * @param rows of a pass for which it is exact
     */
    public record StepMemory(int rows, long bytes) {
        /** For other passes, in proportion. */
        long bytes(int otherRows) {
            return (long) Math.ceil((double) bytes / rows * otherRows);
        }
    }

    /**
     * One training.
     *
     * @param network its name
     * @param after the number, in the list of trainings, of the one whose network it needs; nothing where it needs none
     * @param rows of an epoch of its budget
     * @param microBatches into how many parts a batch is cut where the samples fill one; 1 where the trainer cuts none
     * @param updaterValues that the optimiser keeps
     * @param taught whether it reads soft labels
     * @param tapBytes of one sample that it reads beside them, as they are stored
     * @param step outside of the heap, where its engine lays its memory out before it begins
     */
    public record Training(
            String title,
            String network,
            Optional<Integer> after,
            long rows,
            int epochs,
            int batchSize,
            int microBatches,
            long updaterValues,
            boolean taught,
            long tapBytes,
            Optional<StepMemory> step) {
        /** Whether the network is one of the teacher's. */
        boolean isOfTeacher() {
            return !network.startsWith(OF_STUDENT);
        }

        /** The same over another number of rows. */
        Training with(long otherRows) {
            return new Training(
                    title,
                    network,
                    after,
                    otherRows,
                    epochs,
                    batchSize,
                    microBatches,
                    updaterValues,
                    taught,
                    tapBytes,
                    step);
        }
    }

    public Workload {
        passes = List.copyOf(passes);
        tapPasses = List.copyOf(tapPasses);
        networks = Map.copyOf(networks);
        trainings = List.copyOf(trainings);
    }

    /** The parts of a training's batches: the most slots that make a step together, on any cluster. */
    public int lanes(Training training) {
        return training.rows() < training.batchSize() ? 1 : training.microBatches();
    }

    /** Rows of an optimiser step of all parts together, where so many slots train. */
    int batch(Training training, int slots) {
        int size = training.batchSize();
        if (trainer instanceof AveragingTrainer.Settings averaging) {
            return averaging.batch(replicas(slots), size);
        }
        return isSynchronous() ? size : Math.multiplyExact(replicas(slots), size);
    }

    /** Into how many parts that is cut: one for each pass through the network. */
    int parts(Training training, int slots) {
        return isSynchronous() ? lanes(training) : replicas(slots);
    }

    /** Rows of a pass. */
    int rowsAtOnce(Training training, int slots) {
        int parts = parts(training, slots);
        return (batch(training, slots) + parts - 1) / parts;
    }

    /** Copies of a network that train on their own, or the most slots that make a step together. */
    int replicas(int slots) {
        return trainer.replicas().orElse(slots);
    }

    /** Whether all slots of a training make its steps together, with the same network on any number of them. */
    public boolean isSynchronous() {
        return !trainer.dependsOnReplicas();
    }

    /** At most so many trainings may be under way at the same time: those of the teacher, or those of students. */
    long sideBySide(int slots) {
        long ofTeacher = trainings.stream().filter(Training::isOfTeacher).count();
        return Math.max(1, Math.min(slots, Math.max(ofTeacher, trainings.size() - ofTeacher)));
    }

    /** The state of a training that its executors need to go on: parameters, statistics and the optimiser's. */
    public long stateBytes(Training training) {
        return Float.BYTES * (networks.get(training.network()).parameters() + training.updaterValues());
    }

    public long largestStateBytes() {
        return trainings.stream().mapToLong(this::stateBytes).max().orElse(0);
    }

    /** The pass that students learn from. */
    public LabelPass lastPass() {
        return passes.get(passes.size() - 1);
    }

    /** Pairs of shard and view that are labelled in a pass. */
    long labelFiles(LabelPass pass) {
        return train.shards() * pass.views() + test.shards();
    }

    long labelledSamples(LabelPass pass) {
        return train.samples() * pass.views() + test.samples();
    }

    public long labelFiles() {
        return passes.stream().mapToLong(this::labelFiles).sum();
    }

    public long labelledSamples() {
        return passes.stream().mapToLong(this::labelledSamples).sum();
    }

    public long softLabelBytes() {
        return labelledSamples() * labels.each();
    }

    public long tapBytes(TapPass pass) {
        return train.samples() * pass.views() * pass.each();
    }

    /**
     * The same recipe on another number of training samples, in shards as full and files as large, of which networks
     * learn from the same part.
     */
    public Workload withTrainingSamples(long samples, int samplesPerShard) {
        long shards = (samples + samplesPerShard - 1) / samplesPerShard;
        double growth = (double) samples / train.samples();
        int readers = (int) Math.max(1, Math.min(Integer.MAX_VALUE, Math.round(train.readers() * growth)));
        return new Workload(
                new Part(samples, shards, train.sampleBytes(), readers),
                test,
                passes,
                tapPasses,
                labels,
                networks,
                trainings.stream()
                        .map(training -> training.with(Math.max(1, Math.round(training.rows() * growth))))
                        .toList(),
                trainer);
    }

    /** A student's name among the networks; it may be named as one of the teacher's is. */
    static String nameOf(String student) {
        return OF_STUDENT + student;
    }
}
