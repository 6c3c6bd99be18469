package io.retort.scaling;

import io.retort.data.Schema;
import io.retort.data.SourceSize;
import io.retort.distill.SparkAveragingTrainer;
import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import io.retort.network.Cost;
import io.retort.network.InputScaling;
import io.retort.network.Structure;
import io.retort.pipeline.Plan;
import io.retort.pipeline.PlannedNetwork;
import io.retort.pipeline.PlannedTeacher;
import io.retort.pipeline.Recipe;
import io.retort.pipeline.StudentSettings;
import io.retort.storage.Storage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A recipe in numbers: all that its time and its memory depend on, apart from the machines.
 *
 * @param passes of labelling, in their order; from the last one students learn
 * @param networks by name
 * @param shardsPerRound that a replica trains on between two averagings
 * @param replicas as the recipe fixes them; as many as there are task slots where it does not
 */
public record Workload(
        Part train,
        Part test,
        List<LabelPass> passes,
        LabelBytes labels,
        Map<String, NetworkSize> networks,
        List<Training> trainings,
        int shardsPerRound,
        Optional<Integer> replicas) {
    private static final String OF_STUDENT = "student ";

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
     * @param networks that are asked, by name; several make an ensemble
     */
    public record LabelPass(List<String> networks, int views) {
        public LabelPass {
            networks = List.copyOf(networks);
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
     * What a network takes up.
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

        /** About the bytes of its ONNX file. */
        public long modelBytes() {
            return Float.BYTES * parameters;
        }
    }

    /**
     * One training.
     *
     * @param network its name
     * @param updaterValues that the optimiser keeps
     * @param taught whether it reads soft labels
     */
    public record Training(
            String title, String network, int epochs, int batchSize, long updaterValues, boolean taught) {
        /** Whether the network is one of the teacher's. */
        boolean isOfTeacher() {
            return !network.startsWith(OF_STUDENT);
        }
    }

    public Workload {
        passes = List.copyOf(passes);
        networks = Map.copyOf(networks);
        trainings = List.copyOf(trainings);
    }

    /** What a replica gets and gives back in each round: parameters, statistics and the optimiser's state. */
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

    /** The same recipe on another number of training samples, in shards as full and files as large. */
    public Workload withTrainingSamples(long samples, int samplesPerShard) {
        long shards = (samples + samplesPerShard - 1) / samplesPerShard;
        double growth = (double) samples / train.samples();
        int readers = (int) Math.max(1, Math.min(Integer.MAX_VALUE, Math.round(train.readers() * growth)));
        return new Workload(
                new Part(samples, shards, train.sampleBytes(), readers),
                test,
                passes,
                labels,
                networks,
                trainings,
                shardsPerRound,
                replicas);
    }

    /**
     * A recipe with the networks that it makes of its data.
     *
     * @param structures of teacher and students, by name
     */
    public record Planned(
            Workload workload, Schema schema, PlannedTeacher teacher, Map<String, Structure> structures) {}

    /** Looks at headers and footers of the recipe's data and at saved networks, and reads nothing else. */
    public static Planned of(Recipe recipe, Storage storage) {
        int samplesPerShard = recipe.data().samplesPerShard();
        SourceSize train = SourceSize.of(storage, recipe.data().train(), samplesPerShard);
        SourceSize test = SourceSize.of(storage, recipe.data().test(), samplesPerShard);
        Schema schema = train.schema();
        Plan plan = Plan.of(recipe, schema, InputScaling.none(schema.shape().channels()), storage);
        Map<String, Structure> structures = new LinkedHashMap<>();
        plan.teacher().networks().forEach(network -> structures.put(network.title(), network.structure()));
        plan.students().forEach((name, structure) -> structures.put(nameOf(name), structure));
        Map<String, NetworkSize> sizes = new LinkedHashMap<>();
        structures.forEach((name, structure) -> sizes.put(name, NetworkSize.of(structure)));

        int classes = schema.classes();
        int payload = recipe.labels().codec().codec().encode(new float[classes], classes).length;
        Workload workload = new Workload(
                part(train),
                part(test),
                passes(recipe, schema, plan.teacher()),
                new LabelBytes(
                        recipe.labels().codec().codec().name(),
                        Long.BYTES + payload,
                        classes,
                        recipe.labels().batchSize()),
                sizes,
                trainings(recipe, plan.teacher(), sizes),
                recipe.trainer() instanceof SparkAveragingTrainer.Settings averaging ? averaging.shardsPerRound() : 1,
                recipe.trainer().replicas());
        return new Planned(workload, schema, plan.teacher(), structures);
    }

    private static List<LabelPass> passes(Recipe recipe, Schema schema, PlannedTeacher teacher) {
        List<LabelPass> passes = new ArrayList<>();
        for (PlannedNetwork network : teacher.networks()) {
            network.training()
                    .filter(training -> !training.taughtBy().isEmpty())
                    .ifPresent(training -> passes.add(new LabelPass(
                            training.taughtBy(),
                            training.settings()
                                    .views()
                                    .views(recipe.data().viewSeed(), schema.shape())
                                    .size())));
        }
        passes.add(new LabelPass(
                teacher.labellers(), Plan.taughtViews(recipe, schema.shape()).size()));
        return passes;
    }

    private static List<Training> trainings(Recipe recipe, PlannedTeacher teacher, Map<String, NetworkSize> sizes) {
        List<Training> trainings = new ArrayList<>();
        for (PlannedNetwork network : teacher.networks()) {
            network.training()
                    .ifPresent(training -> trainings.add(training(
                            network.title(),
                            network.title(),
                            training.settings(),
                            !training.taughtBy().isEmpty(),
                            sizes)));
        }
        for (StudentSettings student : recipe.students()) {
            String network = nameOf(student.name());
            boolean taught = student.losses().stream().anyMatch(loss -> loss.source() == LossSettings.Source.TEACHER);
            for (long seed : recipe.seeds()) {
                String title = student.name() + " seed " + seed;
                trainings.add(training(title, network, student.training(), taught, sizes));
                trainings.add(training(title + " baseline", network, student.training(), false, sizes));
                for (StudentSettings.Tuning tuning : student.fineTunings()) { // as if nothing were cut: an upper bound
                    trainings.add(
                            training(title + " fine-tuning", network, tuning.training(), tuning.isTaught(), sizes));
                }
            }
        }
        return trainings;
    }

    /** A student's name among the networks; it may be named as one of the teacher's is. */
    static String nameOf(String student) {
        return OF_STUDENT + student;
    }

    private static Part part(SourceSize size) {
        return new Part(
                size.samples(),
                size.shards(),
                Long.BYTES + Integer.BYTES + size.schema().featureBytes(),
                size.readers());
    }

    private static Training training(
            String title, String network, TrainingSettings settings, boolean taught, Map<String, NetworkSize> sizes) {
        long updaterValues = settings.optimizer()
                .create(settings.learningRate().create(1))
                .stateSize(sizes.get(network).trainedParameters());
        return new Training(title, network, settings.epochs(), settings.batchSize(), updaterValues, taught);
    }
}
