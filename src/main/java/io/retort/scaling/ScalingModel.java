package io.retort.scaling;

import io.retort.scaling.Constants.PerSample;
import io.retort.scaling.Makespan.Activity;
import io.retort.scaling.Prediction.Stage;
import io.retort.scaling.Workload.LabelPass;
import io.retort.scaling.Workload.Part;
import io.retort.scaling.Workload.TapPass;
import io.retort.scaling.Workload.Training;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The time of a run as a sum of what its stages consist of, which docs/SCALING.md derives.
 *
 * <p>A stage of tasks takes {@code waves · time of a task}, where {@code waves = ⌈tasks / slots⌉}; the driver starts tasks meanwhile, one after
 * the other, and where that takes longer it is what counts. Trainings that need nothing of each other are under way at the same time, so they make one stage,
 * {@link Makespan}; in that of students, each is evaluated as soon as it is trained.
 */
public final class ScalingModel {
    private final Workload workload;
    private final Constants constants;

    public ScalingModel(Workload workload, Constants constants) {
        this.workload = workload;
        this.constants = constants;
    }

    public Prediction predict(Cluster cluster) {
        Map<String, Costs> stages = new LinkedHashMap<>();
        stages.put("start", new Costs().add(Term.FIXED, cluster.start()));
        stages.put("shard", shard(workload.train(), cluster).add(shard(workload.test(), cluster)));
        List<Integer> ofTeacher = numbers(true);
        if (!ofTeacher.isEmpty()) {
            stages.put("train teacher", Makespan.of(cluster, trainings(ofTeacher, false, cluster)));
        }
        stages.put("label", label(cluster));
        List<Integer> ofStudents = numbers(false);
        stages.put(
                ofStudents.isEmpty() ? "evaluate" : "students",
                evaluateTeacher(cluster).add(Makespan.of(cluster, trainings(ofStudents, true, cluster))));
        List<Stage> all = new ArrayList<>();
        stages.forEach((name, costs) -> all.add(new Stage(name, costs.seconds())));
        return new Prediction(cluster, all);
    }

    /** The slots that a training keeps busy of so many. */
    int ranks(Training training, int slots) {
        return new TrainingModel(workload, constants, Cluster.local(slots, 0), training).busy(slots);
    }

    private List<Integer> numbers(boolean ofTeacher) {
        return IntStream.range(0, workload.trainings().size())
                .filter(i -> workload.trainings().get(i).isOfTeacher() == ofTeacher)
                .boxed()
                .toList();
    }

    /** Some trainings, each followed by an evaluation and then a measurement of latency if these are wanted. */
    private List<Activity> trainings(List<Integer> numbers, boolean evaluated, Cluster cluster) {
        List<Activity> activities = new ArrayList<>();
        Map<Integer, Integer> last = new HashMap<>();
        for (int number : numbers) {
            Training training = workload.trainings().get(number);
            TrainingModel pace = new TrainingModel(workload, constants, cluster, training);
            Optional<Integer> before = training.after().map(last::get);
            activities.add(new Activity(before, pace.costs(1, 1).total(), pace));
            if (evaluated) {
                activities.add(new Activity(
                        Optional.of(activities.size() - 1),
                        Double.POSITIVE_INFINITY,
                        new Evaluation(training.network(), cluster)));
                activities.add(new Activity(Optional.of(activities.size() - 1), 0, new Measurement()));
            }
            last.put(number, activities.size() - 1);
        }
        return activities;
    }

    /** A network on the held-out samples. */
    private final class Evaluation implements Makespan.Pace {
        private final String network;
        private final Cluster cluster;

        Evaluation(String network, Cluster cluster) {
            this.network = network;
            this.cluster = cluster;
        }

        @Override
        public int busy(int share) {
            return (int) Math.min(share, workload.test().shards());
        }

        @Override
        public Costs costs(int share, int working) {
            Part test = workload.test();
            double samples = Math.ceil((double) test.shards() / share) * test.samplesPerShard();
            return new Costs()
                    .add(Term.COMPUTE, samples * inference(network, working))
                    .add(Term.READ, samples * constants.read())
                    .add(
                            Term.LABELS,
                            samples * constants.label(workload.labels().each(), working, cluster))
                    .withLaunching(test.shards(), constants.task(), constants.job());
        }
    }

    /** A network's latency, on the driver. */
    private final class Measurement implements Makespan.Pace {
        @Override
        public int busy(int share) {
            return 0;
        }

        @Override
        public Costs costs(int share, int working) {
            return new Costs().add(Term.FIXED, constants.latency());
        }
    }

    private Costs shard(Part part, Cluster cluster) {
        int atOnce = Math.min(part.readers(), cluster.slots());
        double waves = Math.ceil((double) part.readers() / atOnce);
        double each = (double) part.samples() / part.readers();
        return new Costs()
                .add(Term.READ, waves * each * constants.source())
                .add(Term.READ, waves * each * part.sampleBytes() / cluster.bytesPerSecond())
                .add(Term.LAUNCH, constants.job() + part.readers() * constants.task());
    }

    private Costs label(Cluster cluster) {
        Costs all = new Costs();
        workload.passes().forEach(pass -> all.add(label(pass, cluster)));
        workload.tapPasses().forEach(pass -> all.add(taps(pass, cluster)));
        return all;
    }

    /** One task a file: it reads a shard, asks the networks, and stores what they say of it. */
    private Costs label(LabelPass pass, Cluster cluster) {
        long tasks = workload.labelFiles(pass);
        int working = cluster.working(tasks);
        double samples = cluster.waves(tasks) * (double) workload.labelledSamples(pass) / tasks;
        return ask(pass.networks(), samples, working, workload.labels().each(), cluster)
                .add(Term.READ, samples * constants.read())
                .add(Term.READ, samples * workload.train().sampleBytes() * working / cluster.bytesPerSecond())
                .withLaunching(tasks, constants.task(), 2 * constants.job());
    }

    /** In the tasks of the last pass, which have read their shards for the logits. */
    private Costs taps(TapPass pass, Cluster cluster) {
        long tasks = workload.train().shards() * pass.views();
        double samples = cluster.waves(tasks) * (double) workload.train().samples() * pass.views() / tasks;
        return ask(workload.lastPass().networks(), samples, cluster.working(tasks), pass.each(), cluster);
    }

    private Costs ask(List<String> networks, double samples, int working, long each, Cluster cluster) {
        Costs costs = new Costs().add(Term.LABELS, samples * constants.label(each, working, cluster));
        for (String network : networks) {
            long modelBytes = workload.networks().get(network).modelBytes();
            costs.add(Term.COMPUTE, samples * inference(network, working))
                    .add(Term.BROADCAST, cluster.hops() * modelBytes / cluster.bytesPerSecond());
        }
        return costs;
    }

    /** Its labels of the held-out samples are there already; where it has several networks, each is evaluated beside it. */
    private Costs evaluateTeacher(Cluster cluster) {
        List<String> networks = workload.lastPass().networks();
        Costs all = new Costs();
        for (String network : networks) {
            if (networks.size() > 1) {
                all.add(new Evaluation(network, cluster)
                        .costs(cluster.slots(), cluster.working(workload.test().shards())));
            }
            all.add(Term.FIXED, constants.latency());
        }
        return all;
    }

    private double inference(String network, int working) {
        PerSample measured = constants.inferences().get(network);
        return measured.whenWorking(working, constants.cores());
    }
}
