package io.retort.scaling;

import io.retort.distill.AveragingTrainer;
import io.retort.distill.SynchronousTrainer.ChunkLength;
import io.retort.distill.dl4j.Dl4jTrainer;
import io.retort.scaling.Estimate.Cluster;
import io.retort.scaling.Estimate.Spent;
import io.retort.scaling.Rates.OfNetwork;
import io.retort.scaling.Workload.LabelPass;
import io.retort.scaling.Workload.Part;
import io.retort.scaling.Workload.TapPass;
import io.retort.scaling.Workload.Training;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A run's time on one cluster: work by slots, launches, bytes by network, and a start (docs/SCALING.md). */
final class TimeModel {
    /** Seconds of a question and its answer between executors, assumed; an exchange of gradients has one. */
    static final double ROUND_TRIP = 1e-3;

    /** Seconds until the ranks of a job on several executors have met, assumed. */
    static final double MEETING = 0.3;

    private final Workload workload;
    private final Rates rates;
    private final EarlierTimes earlier;
    private final Cluster cluster;

    TimeModel(Workload workload, Rates rates, EarlierTimes earlier, Cluster cluster) {
        this.workload = workload;
        this.rates = rates;
        this.earlier = earlier;
        this.cluster = cluster;
    }

    Estimate estimate() {
        Map<String, Spent> stages = new LinkedHashMap<>();
        stages.put("start", Spent.fixed(cluster.start()));
        stages.put("shard", shard(workload.train()).plus(shard(workload.test())));
        List<Integer> ofTeacher = numbers(true);
        if (!ofTeacher.isEmpty()) {
            stages.put("train teacher", sideBySide(ofTeacher, false));
        }
        stages.put("label", label());
        List<Integer> ofStudents = numbers(false);
        stages.put(
                ofStudents.isEmpty() ? "evaluate" : "students",
                evaluateTeacher().plus(sideBySide(ofStudents, true)));
        return new Estimate(cluster, stages);
    }

    private List<Integer> numbers(boolean ofTeacher) {
        return IntStream.range(0, workload.trainings().size())
                .filter(i -> workload.trainings().get(i).isOfTeacher() == ofTeacher)
                .boxed()
                .toList();
    }

    /**
     * Trainings that share the slots take what all of them need of the slots together, spread over all slots, or what
     * the longest chain of trainings that wait for each other takes with all slots it can use, whichever is more.
     */
    private Spent sideBySide(List<Integer> numbers, boolean evaluated) {
        int slots = cluster.slots();
        int share = Math.max(1, slots / Math.max(1, numbers.size()));
        int working = cluster.working(numbers.stream()
                .mapToLong(number -> ranks(workload, workload.trainings().get(number), share, slots))
                .sum());
        Map<Integer, Spent> chains = new HashMap<>();
        Spent longest = Spent.NOTHING;
        Spent spread = Spent.NOTHING;
        for (int number : numbers) {
            Training training = workload.trainings().get(number);
            int all = ranks(workload, training, slots, slots);
            int shared = ranks(workload, training, share, slots);
            Spent chain = training.after()
                    .map(before -> chains.getOrDefault(before, Spent.NOTHING))
                    .orElse(Spent.NOTHING)
                    .plus(train(training, slots, cluster.working(all)));
            spread = spread.plus(train(training, share, working).times((double) shared / slots));
            if (evaluated) {
                chain = chain.plus(evaluate(training.network()));
                spread = spread.plus(evaluate(training.network()));
            }
            chains.put(number, chain);
            longest = chain.total() > longest.total() ? chain : longest;
        }
        Spent together = spread.total() > longest.total() ? spread : longest;
        return evaluated
                ? together.plus(Spent.fixed(numbers.size() * rates.fixed().latency()))
                : together;
    }

    /** Of so many slots, as many as a training keeps busy: those that have equally many lanes each. */
    static int ranks(Workload workload, Training training, int share, int slots) {
        return workload.isSynchronous()
                ? (int) ceil(workload.lanes(training), lanesEach(workload, training, share))
                : Math.min(share, workload.replicas(slots));
    }

    /** Of the rank that has most. */
    private static int lanesEach(Workload workload, Training training, int share) {
        int lanes = workload.lanes(training);
        return (int) ceil(lanes, Math.min(workload.replicas(lanes), share));
    }

    private Spent train(Training training, int share, int working) {
        return workload.isSynchronous() ? steps(training, share, working) : rounds(training, share, working);
    }

    /** Trainer {@code synchronous}: jobs of some seconds, each of steps that all ranks make together. */
    private Spent steps(Training training, int share, int working) {
        int lanes = workload.lanes(training);
        int ranks = ranks(workload, training, share, cluster.slots());
        int machines = Math.max(1, Math.min(ranks, cluster.executors()));
        long ofEpoch = ceil(training.rows(), training.batchSize());
        long steps = training.epochs() * ofEpoch;
        double rows = (double) training.rows() / ofEpoch / lanes * lanesEach(workload, training, share);
        double step = step(training, rows, working);
        double gradient = Float.BYTES
                * (double) workload.networks().get(training.network()).parameters();
        double exchange =
                machines == 1 ? 0 : 2.0 * (machines - 1) / machines * gradient / cluster.bytesPerSecond() + ROUND_TRIP;
        double job = rates.fixed().job() + (ranks - 1) * rates.fixed().task() + (machines == 1 ? 0 : MEETING);
        long jobs = ChunkLength.chunks(steps, step + exchange, job);
        double state = workload.stateBytes(training) / cluster.bytesPerSecond();
        // It goes out to all once, and comes back from the first rank of each job.
        return new Spent(steps * step, jobs * job, steps * exchange + (jobs + cluster.hops()) * state, 0);
    }

    /** Trainers {@code averaging} and {@code dl4j}: each job makes steps of every replica and averages the states. */
    private Spent rounds(Training training, int share, int working) {
        int replicas = workload.replicas(cluster.slots());
        long steps = ceil(training.rows(), workload.batch(training, cluster.slots()));
        int interval = workload.trainer() instanceof Dl4jTrainer.Settings dl4j
                ? dl4j.averagingFrequency()
                : ((AveragingTrainer.Settings) workload.trainer()).interval(Math.toIntExact(steps));
        long rounds = training.epochs() * ceil(steps, interval);
        double rows = (double) training.rows() / steps / replicas;
        double work = training.epochs() * steps * ceil(replicas, share) * step(training, rows, working);
        double launch =
                rounds * (rates.fixed().job() + (replicas - 1) * rates.fixed().task());
        double state = workload.stateBytes(training) / cluster.bytesPerSecond();
        long received = Math.min(replicas, AveragingTrainer.FAN_IN)
                + (replicas > AveragingTrainer.FAN_IN ? AveragingTrainer.statesAtDriver(replicas) : 0);
        return new Spent(work, launch, rounds * (cluster.hops() + received) * state, 0);
    }

    /** A gradient of so many rows and a step by it; reading is hidden behind it where as many cores rest as work. */
    private double step(Training training, double rows, int working) {
        Double known = earlier.trained().get(training.title());
        if (known != null) {
            return rows * known;
        }
        OfNetwork network = rates.networks().get(training.network());
        double gradient = network.gradient().whenWorking(working, rates.cores());
        boolean hidden = 2 * working <= rates.cores();
        return rows * (hidden ? Math.max(gradient, rates.read()) : gradient + rates.read()) + network.update();
    }

    private Spent shard(Part part) {
        return tasks(part.samples(), part.readers(), rates.shard(), part.sampleBytes(), 1);
    }

    private Spent label() {
        Spent all = Spent.NOTHING;
        for (LabelPass pass : workload.passes()) {
            long files = workload.labelFiles(pass);
            int working = cluster.working(files);
            double row = workload.passes().size() == 1 && earlier.labelled() > 0
                    ? earlier.labelled()
                    : rates.read() + ask(pass, working);
            double bytes = workload.train().sampleBytes() + workload.labels().each();
            double models = pass.networks().stream()
                    .mapToDouble(name -> workload.networks().get(name).modelBytes())
                    .sum();
            all = all.plus(tasks(workload.labelledSamples(pass), files, row, bytes, 2))
                    .plus(new Spent(0, 0, cluster.hops() * models / cluster.bytesPerSecond(), 0));
        }
        for (TapPass taps : workload.tapPasses()) {
            long files = workload.train().shards() * taps.views();
            double row = earlier.labelled() > 0 ? 0 : ask(workload.lastPass(), cluster.working(files));
            all = all.plus(tasks(workload.train().samples() * taps.views(), files, row, taps.each(), 0));
        }
        return all;
    }

    private double ask(LabelPass pass, int working) {
        return pass.networks().stream()
                .mapToDouble(name -> inference(name, working))
                .sum();
    }

    private double inference(String network, int working) {
        return rates.networks().get(network).inference().whenWorking(working, rates.cores());
    }

    private Spent evaluate(String network) {
        Part test = workload.test();
        double row = rates.read() + inference(network, cluster.working(test.shards()));
        return tasks(test.samples(), test.shards(), row, test.sampleBytes(), 1);
    }

    /** Its labels of the held-out rows exist already; each of several networks is evaluated beside it. */
    private Spent evaluateTeacher() {
        List<String> networks = workload.lastPass().networks();
        Spent all = Spent.fixed(networks.size() * rates.fixed().latency());
        return networks.size() == 1
                ? all
                : networks.stream().map(this::evaluate).reduce(all, Spent::plus);
    }

    /** Waves of independent tasks, which the driver starts while others run; slots of one machine share its network. */
    private Spent tasks(long rows, long tasks, double row, double rowBytes, int jobs) {
        double each = Math.ceil((double) tasks / cluster.slots()) * rows / tasks;
        double work = each * row;
        double launch =
                jobs * rates.fixed().job() + Math.max(0, tasks * rates.fixed().task() - work);
        return new Spent(work, launch, each * rowBytes * cluster.working(tasks) / cluster.bytesPerSecond(), 0);
    }

    private static long ceil(long value, long by) {
        return (value + by - 1) / by;
    }
}
