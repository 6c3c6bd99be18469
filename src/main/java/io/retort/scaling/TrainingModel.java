package io.retort.scaling;

import io.retort.distill.ChunkLength;
import io.retort.distill.SparkAveragingTrainer;
import io.retort.distill.SparkTrainerSettings;
import io.retort.distill.dl4j.SparkMasterTrainer;
import io.retort.scaling.Workload.Part;
import io.retort.scaling.Workload.Training;

/** What a training takes on its share of a cluster's slots, as docs/SCALING.md derives it. */
final class TrainingModel implements Makespan.Pace {
    /** Seconds of a question and its answer between executors, which no single machine can tell; an exchange of gradients has one. */
    static final double ROUND_TRIP = 1e-3;

    /** Seconds until the ranks of a job on several executors have started, met and connected. */
    static final double MEETING = 0.3;

    private final Workload workload;
    private final Constants constants;
    private final Cluster cluster;
    private final Training training;

    TrainingModel(Workload workload, Constants constants, Cluster cluster, Training training) {
        this.workload = workload;
        this.constants = constants;
        this.cluster = cluster;
        this.training = training;
    }

    @Override
    public int busy(int share) {
        return workload.isSynchronous() ? ranks(share) : Math.min(share, workload.replicas(cluster.slots()));
    }

    @Override
    public Costs costs(int share, int working) {
        return (workload.isSynchronous() ? steps(share, working) : rounds(share, working))
                .add(Term.FIXED, constants.build().get(training.network()));
    }

    /** As many as have equally many lanes each. */
    private int ranks(int share) {
        return (int) ceil(workload.lanes(training), lanesEach(share));
    }

    /** Of the rank that has most. */
    private int lanesEach(int share) {
        int lanes = workload.lanes(training);
        return (int) ceil(lanes, Math.min(workload.replicas(lanes), share));
    }

    /** Trainer {@code synchronous}: jobs of some seconds, each of steps that all ranks make together. */
    private Costs steps(int share, int working) {
        Part data = workload.train();
        int each = lanesEach(share);
        int ranks = ranks(share);
        int executors = Math.max(1, Math.min(ranks, cluster.executors()));
        long ofEpoch = ceil(data.samples(), training.batchSize());
        long steps = training.epochs() * ofEpoch;
        double rows = (double) data.samples() / ofEpoch / workload.lanes(training) * each;
        double gradient = (double) Float.BYTES
                * workload.networks().get(training.network()).parameters();
        double state = workload.stateBytes(training);

        double computing = computing(rows, working);
        double exchange = (each + 32 - Integer.numberOfLeadingZeros(ranks - 1)) * gradient * constants.add();
        if (executors > 1) {
            exchange += 2.0 * (executors - 1) / executors * gradient / cluster.bytesPerSecond() + ROUND_TRIP;
        }
        Costs reading = reading(rows, rows, working);
        hide(reading, computing, working);
        // A job begins in the middle of a shard of each lane, which is opened for it: the first before it computes, the
        // others
        // during its first step.
        double shard = Math.min(data.samplesPerShard(), (double) data.samples());
        Costs others = reading((each - 1) * shard, 0, working);
        hide(others, computing, working);
        Costs job = new Costs()
                .add(reading(shard, 0, working))
                .add(others)
                .add(Term.LAUNCH, constants.job() + (ranks - 1) * constants.task() + (executors > 1 ? MEETING : 0))
                .add(Term.BROADCAST, state * constants.encode())
                .add(Term.EXCHANGE, state * (2 * constants.encode() + 1 / cluster.bytesPerSecond()));
        long jobs = ChunkLength.chunks(steps, computing + exchange + reading.total(), job.total());
        // Only those that have not the state already are sent it: all, once.
        return new Costs()
                .add(Term.COMPUTE, steps * computing)
                .add(Term.EXCHANGE, steps * exchange)
                .add(reading.times((double) steps))
                .add(job.times((double) jobs))
                .add(Term.BROADCAST, state * (constants.encode() + cluster.hops() / cluster.bytesPerSecond()));
    }

    /** Where cores are left for the threads that read ahead, only what these take longer is seen. */
    private void hide(Costs reading, double computing, int working) {
        if (2 * working <= constants.cores() && reading.total() > 0) {
            reading.times(Math.max(0, reading.total() - computing) / reading.total());
        }
    }

    /** Trainers {@code averaging} and {@code dl4j}: each job makes some steps of every replica on its own, and averages their states. */
    private Costs rounds(int share, int working) {
        Part data = workload.train();
        int replicas = workload.replicas(cluster.slots());
        int batch = workload.batch(training, cluster.slots());
        long steps = ceil(data.samples(), batch);
        int interval = interval(workload.trainer(), steps);
        long rounds = ceil(steps, interval);
        long waves = ceil(replicas, share);
        double rows = (double) data.samples() / steps / replicas;
        double opened = Math.min(rows * steps / rounds + data.samplesPerShard(), (double) data.samples());
        double state = workload.stateBytes(training);

        Costs reading = reading(rounds * opened, steps * rows, working);
        double computing = steps * computing(rows, working);
        hide(reading, computing, working);
        Costs epoch = new Costs()
                .add(Term.COMPUTE, waves * computing)
                .add(reading.times((double) waves))
                .add(Term.LAUNCH, rounds * (constants.job() + (replicas - 1) * constants.task()))
                .add(Term.BROADCAST, rounds * state * constants.encode() * (1 + waves))
                .add(Term.BROADCAST, rounds * cluster.hops() * state / cluster.bytesPerSecond())
                .add(average(replicas, state).times((double) rounds));
        return epoch.times(training.epochs());
    }

    private static int interval(SparkTrainerSettings trainer, long steps) {
        return trainer instanceof SparkMasterTrainer.Settings dl4j
                ? dl4j.averagingFrequency()
                : ((SparkAveragingTrainer.Settings) trainer).interval(Math.toIntExact(steps));
    }

    /** Whoever averages states reads them back one after the other, and adds them up in the same way. */
    private Costs average(int states, double bytes) {
        double each = bytes * (constants.encode() + constants.average() + 1 / cluster.bytesPerSecond());
        int most = SparkAveragingTrainer.FAN_IN;
        if (states <= most) {
            return new Costs().add(Term.EXCHANGE, states * each);
        }
        // Groups at the same time on executors, then the driver: another stage of the same job.
        long groups = SparkAveragingTrainer.statesAtDriver(states);
        return new Costs()
                .add(Term.LAUNCH, constants.job() + (groups - 1) * constants.task())
                .add(Term.EXCHANGE, (most + groups) * each);
    }

    /** A gradient of so many rows, and a step by it. */
    private double computing(double rows, int working) {
        double each = constants.gradients().get(training.network()).whenWorking(working, constants.cores());
        return rows * each + constants.updates().get(training.network());
    }

    /** Shards of so many samples are opened with what teachers say of them, and rows of them become batches. */
    private Costs reading(double opened, double rows, int working) {
        Costs costs = new Costs()
                .add(Term.READ, rows * constants.view())
                .add(
                        Term.READ,
                        opened
                                * (constants.open()
                                        + workload.train().sampleBytes() * working / cluster.bytesPerSecond()));
        if (training.tapBytes() > 0) {
            costs.add(Term.LABELS, opened * constants.label(training.tapBytes(), working, cluster));
        }
        if (training.taught()) {
            costs.add(Term.LABELS, opened * constants.label(workload.labels().each(), working, cluster));
        }
        return costs;
    }

    private static long ceil(long value, long by) {
        return (value + by - 1) / by;
    }
}
