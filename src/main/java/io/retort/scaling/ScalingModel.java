package io.retort.scaling;

import io.retort.distill.SparkAveragingTrainer;
import io.retort.scaling.Constants.PerSample;
import io.retort.scaling.Prediction.Stage;
import io.retort.scaling.Workload.LabelPass;
import io.retort.scaling.Workload.Part;
import io.retort.scaling.Workload.TapPass;
import io.retort.scaling.Workload.Training;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The time of a run as a sum of what its stages consist of, which docs/SCALING.md derives.
 *
 * <p>A stage of tasks takes {@code waves · time of a task}, where {@code waves = ⌈tasks / slots⌉}; the driver starts tasks meanwhile, one after
 * the other, and where that takes longer it is what counts. A round of training is one wave of as many tasks as there are replicas, and the
 * driver waits for all of them: state out, steps, states back, mean.
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
        // Seeds are repetitions: they make one stage with their student.
        workload.trainings().stream()
                .filter(Training::isOfTeacher)
                .forEach(teacher -> stages.put("train " + teacher.title(), train(teacher, cluster)));
        stages.put("label", label(cluster));
        if (!workload.tapPasses().isEmpty()) {
            stages.put("label taps", labelTaps(cluster));
        }
        workload.trainings().stream()
                .filter(training -> !training.isOfTeacher())
                .forEach(training -> stages.computeIfAbsent(
                                "train " + training.title().replaceAll(" seed -?\\d+( baseline| fine-tuning)?$", ""),
                                name -> new Costs())
                        .add(train(training, cluster)));
        stages.put("evaluate", evaluate(cluster));
        List<Stage> all = new ArrayList<>();
        stages.forEach((name, costs) -> all.add(new Stage(name, costs.seconds)));
        return new Prediction(cluster, all);
    }

    /** Bytes that a round of a training sends from the driver, all executors together. */
    public long bytesDown(Training training, Cluster cluster) {
        return cluster.executors() * workload.stateBytes(training);
    }

    /** Bytes that the replicas of a full round send to the driver. */
    public long bytesUp(Training training, Cluster cluster) {
        long states = SparkAveragingTrainer.statesAtDriver(replicas(cluster));
        return cluster.executors() == 0 ? 0 : states * workload.stateBytes(training);
    }

    int replicas(Cluster cluster) {
        return workload.replicas().orElse(cluster.slots());
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

    private Costs train(Training training, Cluster cluster) {
        long replicas = replicas(cluster);
        long perRound = replicas * workload.shardsPerRound();
        long full = workload.train().shards() / perRound;
        long rest = workload.train().shards() % perRound;
        Costs epoch =
                round(training, cluster, replicas, workload.shardsPerRound()).times(full);
        if (rest > 0) {
            epoch.add(round(training, cluster, Math.min(replicas, rest), (rest + replicas - 1) / replicas));
        }
        return epoch.times(training.epochs()).add(Term.FIXED, constants.build().get(training.network()));
    }

    /** One averaging: {@code busy} replicas train, the one with most to do on {@code shards}. */
    private Costs round(Training training, Cluster cluster, long busy, long shards) {
        Part data = workload.train();
        long waves = cluster.waves(busy);
        int working = cluster.working(busy);
        double samples = waves * shards * data.samplesPerShard();
        double state = workload.stateBytes(training);
        Costs costs = new Costs()
                .add(Term.COMPUTE, samples * perSample(constants.steps(), training.network(), working))
                .add(Term.READ, samples * constants.read())
                .add(Term.READ, samples * data.sampleBytes() * working / cluster.bytesPerSecond())
                .add(Term.LAUNCH, constants.job() + (busy - 1) * constants.task())
                .add(Term.BROADCAST, state * constants.encode() * (1 + waves))
                .add(Term.BROADCAST, cluster.hops() * state / cluster.bytesPerSecond())
                .add(average(busy, state, cluster));
        if (training.tapBytes() > 0) {
            costs.add(labels(samples, training.tapBytes(), working, cluster));
        }
        return training.taught() ? costs.add(labels(samples, workload.labels().each(), working, cluster)) : costs;
    }

    /** Whoever averages states reads them back one after the other, and adds them up in the same way. */
    private Costs average(long states, double bytes, Cluster cluster) {
        int most = SparkAveragingTrainer.FAN_IN;
        if (states <= most) {
            return new Costs()
                    .add(Term.AVERAGE, states * bytes * (constants.encode() + constants.average()))
                    .add(Term.AVERAGE, states * bytes / cluster.bytesPerSecond());
        }
        // Groups at the same time on executors, then the driver: another stage of the same job.
        long groups = SparkAveragingTrainer.statesAtDriver(states);
        return new Costs()
                .add(Term.LAUNCH, constants.job() + (groups - 1) * constants.task())
                .add(Term.AVERAGE, (most + groups) * bytes * (constants.encode() + constants.average()))
                .add(Term.AVERAGE, (most + groups) * bytes / cluster.bytesPerSecond());
    }

    private Costs label(Cluster cluster) {
        Costs all = new Costs();
        workload.passes().forEach(pass -> all.add(label(pass, cluster)));
        return all;
    }

    private Costs label(LabelPass pass, Cluster cluster) {
        return label(
                pass.networks(),
                workload.labelFiles(pass),
                workload.labelledSamples(pass),
                workload.labels().each(),
                cluster);
    }

    private Costs labelTaps(Cluster cluster) {
        Costs all = new Costs();
        for (TapPass pass : workload.tapPasses()) {
            long tasks = workload.train().shards() * pass.views();
            long asked = workload.train().samples() * pass.views();
            all.add(label(List.of(pass.network()), tasks, asked, pass.each(), cluster));
        }
        return all;
    }

    /** One task a file: it reads a shard, asks the networks, and stores {@code each} bytes of what they say of a sample. */
    private Costs label(List<String> networks, long tasks, long asked, long each, Cluster cluster) {
        long waves = cluster.waves(tasks);
        int working = cluster.working(tasks);
        double samples = waves * (double) asked / tasks;
        Costs costs = new Costs()
                .add(Term.READ, samples * constants.read())
                .add(Term.READ, samples * workload.train().sampleBytes() * working / cluster.bytesPerSecond())
                .add(labels(samples, each, working, cluster));
        for (String network : networks) {
            long modelBytes = workload.networks().get(network).modelBytes();
            costs.add(Term.COMPUTE, samples * perSample(constants.inferences(), network, working))
                    .add(Term.BROADCAST, cluster.hops() * modelBytes / cluster.bytesPerSecond());
        }
        return costs.withLaunching(tasks, 2 * constants.job());
    }

    /**
     * Every trained network on the held-out samples. The teacher's labels of them are there already; where it has several networks, each is evaluated beside it.
     */
    private Costs evaluate(Cluster cluster) {
        List<String> ofTeacher = workload.lastPass().networks();
        Costs all = new Costs();
        if (ofTeacher.size() == 1) {
            all.add(Term.FIXED, constants.latency());
        } else {
            ofTeacher.forEach(network -> all.add(evaluate(network, cluster)));
        }
        for (Training training : workload.trainings()) {
            if (!training.isOfTeacher()) {
                all.add(evaluate(training.network(), cluster));
            }
        }
        return all;
    }

    private Costs evaluate(String network, Cluster cluster) {
        Part test = workload.test();
        long waves = cluster.waves(test.shards());
        int working = cluster.working(test.shards());
        double samples = waves * test.samplesPerShard();
        return new Costs()
                .add(Term.COMPUTE, samples * perSample(constants.inferences(), network, working))
                .add(Term.READ, samples * constants.read())
                .add(labels(samples, workload.labels().each(), working, cluster))
                .withLaunching(test.shards(), constants.job())
                .add(Term.FIXED, constants.latency());
    }

    private Costs labels(double samples, long each, int working, Cluster cluster) {
        double perByte = constants.labelByte() + working / cluster.bytesPerSecond();
        return new Costs().add(Term.LABELS, samples * (constants.label() + each * perByte));
    }

    private double perSample(Map<String, PerSample> measured, String network, int working) {
        return measured.get(network).whenWorking(working, constants.cores());
    }

    /** Seconds by term, being added up. */
    private final class Costs {
        private final Map<Term, Double> seconds = new EnumMap<>(Term.class);

        Costs add(Term term, double more) {
            seconds.merge(term, more, Double::sum);
            return this;
        }

        Costs add(Costs others) {
            others.seconds.forEach(this::add);
            return this;
        }

        Costs times(long factor) {
            seconds.replaceAll((term, value) -> value * factor);
            return this;
        }

        /** The driver starts tasks while others run: only what that takes longer than they do is seen. */
        Costs withLaunching(long tasks, double jobs) {
            double running =
                    seconds.values().stream().mapToDouble(Double::doubleValue).sum();
            return add(Term.LAUNCH, jobs + Math.max(0, tasks * constants.task() - running));
        }
    }
}
