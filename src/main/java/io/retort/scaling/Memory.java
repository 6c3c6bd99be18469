package io.retort.scaling;

import io.retort.distill.AveragingTrainer;
import io.retort.predict.ModelStore;
import io.retort.scaling.Workload.LabelPass;
import io.retort.scaling.Workload.NetworkSize;
import io.retort.scaling.Workload.Part;
import io.retort.scaling.Workload.TapPass;
import io.retort.scaling.Workload.Training;

/**
 * What memory a process of a run needs, in MiB.
 *
 * @param heap Java's: samples, labels, states on their way
 * @param offHeap arrays of the engines and of ONNX Runtime
 * @param other threads' stacks, code, classes, and what glibc keeps in reserve
 */
public record Memory(long heap, long offHeap, long other) {
    private static final long MIB = 1L << 20;
    private static final long STEP = 256;
    private static final long MIN_HEAP = 1024;
    /** Spark's own, and the class files and strings of a run. */
    private static final long RUNNING = 384;
    /** As {@code NativeSettings} reckons. */
    private static final long OTHER = 768;
    /** ND4J's and ONNX Runtime's own constants and caches. */
    private static final long LIBRARIES = 128;

    /** Of the heap may be full; the collector needs the rest. */
    private static final double FILLED = 0.6;
    /** Arrays per activation in a training step: the value, its gradient, and the layer's own. */
    private static final int ARRAYS_PER_ACTIVATION = 3;
    /** Micro-batches that a rank's reader has made at least, see {@code BatchesAhead}. */
    private static final long MIN_AHEAD = 4;
    /** A state on its way in and on its way out, each as bytes and as numbers. */
    private static final long STATES_OF_A_CHUNK = 4;
    /** A rank's own, partial sums of two steps, and two totals. */
    private static final long GRADIENTS = 6;
    /** A shard's description with its counts and sums, as Java objects. */
    private static final long SHARD_OBJECT_BYTES = 1024;

    /** Beside the heap; Spark's {@code memoryOverhead}. */
    public long overhead() {
        return offHeap + other;
    }

    public long total() {
        return heap + overhead();
    }

    /**
     * An executor that runs so many tasks at once.
     *
     * @param slots of the cluster, or of local mode
     */
    public static Memory ofExecutor(Workload workload, int own, int slots) {
        long heap = 0;
        long offHeap = 0;
        for (Training training : workload.trainings()) {
            heap = Math.max(heap, trainingHeap(workload, training, own, slots));
            offHeap = Math.max(offHeap, own * trainingOffHeap(workload, training, slots));
            if (!workload.isSynchronous() && workload.replicas(slots) > AveragingTrainer.FAN_IN) {
                heap = Math.max(heap, own * averagingHeap(workload, training, AveragingTrainer.FAN_IN));
            }
        }
        for (LabelPass pass : workload.passes()) {
            heap = Math.max(heap, modelHeap(workload, pass) + own * labellingHeap(workload));
            offHeap = Math.max(offHeap, labellingOffHeap(workload, pass, own));
        }
        for (TapPass taps : workload.tapPasses()) {
            LabelPass pass = workload.lastPass();
            heap = Math.max(
                    heap, 2 * modelHeap(workload, pass) + own * (labellingHeap(workload) + tapHeap(workload, taps)));
            // A session for the taps beside that for the logits.
            offHeap = Math.max(offHeap, 2 * labellingOffHeap(workload, pass, own));
        }
        return new Memory(heapMib(heap), rounded(LIBRARIES + ceilDiv(offHeap, MIB)), OTHER);
    }

    /**
     * The driver: states of all trainings under way, the list of shards, and a network of its own for each training.
     *
     * @param slots of the cluster
     */
    public static Memory ofDriver(Workload workload, int slots) {
        long states = 0;
        long offHeap = 0;
        for (Training training : workload.trainings()) {
            long ofOne = workload.isSynchronous()
                    ? STATES_OF_A_CHUNK * workload.stateBytes(training)
                    : averagingHeap(workload, training, AveragingTrainer.statesAtDriver(workload.replicas(slots)));
            states = Math.max(states, ofOne);
            offHeap = Math.max(offHeap, parametersOffHeap(workload, training));
        }
        long underWay = workload.sideBySide(slots);
        long lists = (workload.train().shards() + workload.labelFiles()) * SHARD_OBJECT_BYTES;
        return new Memory(
                heapMib(underWay * states + lists), rounded(LIBRARIES + ceilDiv(underWay * offHeap, MIB)), OTHER);
    }

    /** What reaches the driver of the states of one job; {@code spark.driver.maxResultSize} must allow it. */
    public static long resultMib(Workload workload, int slots) {
        long states = workload.isSynchronous() ? 1 : AveragingTrainer.statesAtDriver(workload.replicas(slots));
        return ceilDiv(states * workload.largestStateBytes(), MIB);
    }

    /** Each state as it came and as it was read, and the mean in double precision. */
    private static long averagingHeap(Workload workload, Training training, long states) {
        return (2 * states + 6) * workload.stateBytes(training);
    }

    /**
     * Of all of an executor's slots. Each has the lanes of its share of the slots, where as many trainings as possible
     * are under way; one may have all lanes of its training, which goes on alone where it has failed together.
     */
    private static long trainingHeap(Workload workload, Training training, int own, int slots) {
        Part data = workload.train();
        NetworkSize network = workload.networks().get(training.network());
        int lanes = workload.lanes(training);
        long share = Math.max(1, slots / workload.sideBySide(slots));
        long each = ceilDiv(lanes, Math.min(workload.replicas(lanes), share));
        // Each slot opens one more shard than it has lanes.
        long shards = own * (each + 1) + lanes - each;
        long logits = training.taught() ? (long) Float.BYTES * workload.labels().classes() : 0;
        // Stored halves are read as floats.
        double shard =
                data.samplesPerShard() * (data.sampleBytes() + logits + Integer.BYTES + 2.0 * training.tapBytes());
        long ahead = Math.max(MIN_AHEAD, 2 * each) + 2;
        double batch = workload.rowsAtOnce(training, slots)
                * ((double) Float.BYTES * (network.inputs() + logits) + 2.0 * training.tapBytes());
        double gradients = GRADIENTS * Float.BYTES * network.parameters();
        if (training.step().isPresent()) { // the engine has the parameters and the optimiser's state in the heap
            gradients += workload.stateBytes(training);
        }
        return (long) (shards * shard
                + own * (ahead * batch + gradients + STATES_OF_A_CHUNK * workload.stateBytes(training)));
    }

    /** Of one slot: as the engine lays it out, or an estimate where it allocates as it goes. */
    static long trainingOffHeap(Workload workload, Training training, int slots) {
        int rows = workload.rowsAtOnce(training, slots);
        NetworkSize network = workload.networks().get(training.network());
        long activations = network.inputs() + ARRAYS_PER_ACTIVATION * network.activations();
        return training.step()
                .map(step -> step.bytes(rows))
                .orElseGet(() -> (long) Float.BYTES * rows * activations + parametersOffHeap(workload, training));
    }

    /** Parameters, gradients, the optimiser's state, and one state on its way in. */
    private static long parametersOffHeap(Workload workload, Training training) {
        NetworkSize network = workload.networks().get(training.network());
        return Float.BYTES * (2 * network.parameters() + training.updaterValues()) + workload.stateBytes(training);
    }

    /** Models of a broadcast: their bytes, blocks of them and a copy while they open; others are not on the heap. */
    private static long modelHeap(Workload workload, LabelPass pass) {
        return pass.networks().stream()
                .mapToLong(name -> workload.networks().get(name).modelBytes())
                .filter(bytes -> bytes <= ModelStore.MAX_TRAVELLING_BYTES)
                .map(bytes -> 3 * bytes)
                .sum();
    }

    private static long labellingHeap(Workload workload) {
        Part data = workload.train();
        double logits = 2.0 * Float.BYTES * workload.labels().classes()
                + workload.labels().each();
        return (long) (data.samplesPerShard() * (data.sampleBytes() + logits));
    }

    /** The values of all taps for a shard: as floats, and as the halves that are stored. */
    private static long tapHeap(Workload workload, TapPass pass) {
        return (long) (3.0 * workload.train().samplesPerShard() * pass.each());
    }

    /** A process opens each network of an ensemble once; each of its {@code own} tasks has a batch in it. */
    private static long labellingOffHeap(Workload workload, LabelPass pass, int own) {
        long batch = workload.labels().batchSize();
        long bytes = 0;
        for (String name : pass.networks()) {
            NetworkSize network = workload.networks().get(name);
            bytes += 2 * network.modelBytes()
                    + (long) own
                            * Float.BYTES
                            * batch
                            * (network.inputs() + ARRAYS_PER_ACTIVATION * network.largestActivation());
        }
        return bytes;
    }

    private static long heapMib(long bytes) {
        return Math.max(MIN_HEAP, rounded((long) Math.ceil((RUNNING + (double) bytes / MIB) / FILLED)));
    }

    private static long rounded(long mib) {
        return ceilDiv(mib, STEP) * STEP;
    }

    private static long ceilDiv(long value, long by) {
        return (value + by - 1) / by;
    }
}
