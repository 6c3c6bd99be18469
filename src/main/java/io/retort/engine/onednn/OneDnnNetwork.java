package io.retort.engine.onednn;

import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork;
import io.retort.engine.TrainableNetwork.LogitsLoss;
import io.retort.engine.TrainableNetwork.Precision;
import io.retort.engine.TrainableNetwork.TapHead;
import io.retort.engine.TrainableNetwork.TrainingState;
import io.retort.engine.dl4j.NativeBackend;
import io.retort.engine.dl4j.RoundedWeights;
import io.retort.engine.onednn.FlatParameters.Range;
import io.retort.engine.onednn.PlainLayers.BatchMoments;
import io.retort.engine.onednn.Program.Phase;
import io.retort.engine.onednn.Program.ProgramPlan;
import io.retort.engine.onednn.ProgramWriter.Written;
import io.retort.engine.onednn.Slot.Block;
import io.retort.network.ChannelMoments;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.ShapeException;
import io.retort.network.Structure;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.stream;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * A network that oneDNN trains.
 *
 * <p>The parameters are a flat array of Java, in the structure's order, then those of the taps' connectors. One thread
 * computes, whichever calls. Results are the same bit by bit on processors of one kind.
 */
public final class OneDnnNetwork implements TrainableNetwork {
    /** Of which it is tried whether there are fast operations. */
    private static final int TRIED_BATCH = 32;

    private final Structure structure;
    private final Precision precision;
    private final Heads heads;
    private final FlatParameters places;
    /** By node; of networks that learn with rounded values. */
    private final Map<String, Integer> roundedBits;

    private final List<Range> ranges;
    private final Updater updater;
    private final float[] parameters;
    private final float[] gradient;
    private final NativeParameters natives;
    private final engine cpu;
    private final stream queue;
    private final dnnl_stream queueHandle;
    private final Map<Key, Written> programs = new LinkedHashMap<>();
    private final Map<String, ChannelMoments> statistics = new LinkedHashMap<>();
    private Block memory = Block.ofBytes(0);
    private float[] factors = {};
    private double scalePenalty;
    private int iteration;
    /** The program whose weights are laid out in memory; none where parameters have moved since. */
    private List<Key> ready = List.of();

    private record Key(Tape.Mode mode, int batch) {}

    private OneDnnNetwork(
            Network network,
            Precision precision,
            IUpdater settings,
            double weightDecay,
            LogitsLoss loss,
            List<TapHead> taps) {
        this.structure = network.structure();
        this.precision = precision;
        this.heads = new Heads(loss, taps);
        this.places = FlatParameters.of(structure, taps);
        this.roundedBits = RoundedWeights.bits(structure);
        this.ranges = places.ranges();
        this.updater = new Updater(settings, weightDecay, places.length());
        this.parameters = new float[places.length()];
        this.gradient = new float[places.length()];
        this.natives = new NativeParameters(places).zeroed();
        this.cpu = OneDnn.engine();
        this.queue = new stream(cpu);
        this.queueHandle = queue.get();
        places.write(network, parameters);
        for (int i = 0; i < taps.size(); i++) {
            initialiseConnector(taps.get(i), ProgramWriter.connector(i));
        }
    }

    /** As DL4J's begin: those of a vector are drawn input by input. */
    private void initialiseConnector(TapHead tap, String connector) {
        tap.connectorOutputs().ifPresent(outputs -> {
            Shape shape = structure.shapes().get(tap.tap());
            int inputs = shape.channels();
            float[] drawn = tap.connectorWeights(inputs);
            float[] weights = drawn.clone();
            for (int i = 0; i < weights.length && !shape.isImage(); i++) {
                weights[i] = drawn[i % inputs * outputs + i / inputs];
            }
            places.write(connector + "/weight", weights, parameters);
        });
    }

    /**
     * Begins a training. Parameters, their gradients and the optimiser's state are float32, whatever the precision.
     *
     * @param precision of the values of images and their gradients; outputs of what was trained, and BatchNorm's
     *     statistics at its end, are computed in float32
     * @param settings of an updater: ND4J's Adam, Nesterovs or Sgd
     * @param weightDecay decoupled (Loshchilov and Hutter 2019, arXiv:1711.05101): each step also takes
     *     {@code learning rate · weightDecay · w} from each weight w of a convolution or dense layer
     * @param taps one head each, in the order of {@link Batch#taps}
     */
    public static OneDnnNetwork of(
            Network network,
            Precision precision,
            IUpdater settings,
            double weightDecay,
            LogitsLoss loss,
            List<TapHead> taps) {
        // first of all: oneDNN asks OpenMP, which keeps the number for each thread, and JavaCPP reads its properties
        // once
        NativeBackend.limitThreads();
        OneDnn.obstacle(precision).ifPresent(obstacle -> {
            throw new IllegalStateException("an executor cannot train in bfloat16, as the driver could: " + obstacle
                    + "; set trainer.precision = float32, or use machines of one kind");
        });
        return new OneDnnNetwork(network, precision, settings, weightDecay, loss, taps);
    }

    /** The program for batches of this size, with its weights laid out and its features in place. */
    private Written loaded(Tape.Mode mode, float[] features, int batch) {
        NativeBackend.limitThreads();
        Key key = new Key(mode, batch);
        Written written = programs.get(key);
        if (written == null) {
            written = write(mode, batch);
        }
        if (ready.isEmpty()) {
            upload();
        }
        if (!ready.contains(key)) {
            written.program().run(Phase.WEIGHTS);
            ready = List.of(key);
        }
        written.features()
                .floats()
                .put(0, features, 0, batch * structure.input().elements());
        return written;
    }

    private void upload() {
        natives.values().put(0, parameters);
        roundedBits.forEach((node, bits) -> {
            Range range = places.range(node + "/weight");
            float[] weights = Arrays.copyOfRange(parameters, range.from(), range.to());
            int outputs = structure.shapes().get(node).channels();
            RoundedWeights.round(weights, outputs, bits);
            natives.values().put(range.from(), weights);
        });
    }

    private Written write(Tape.Mode mode, int batch) {
        Written written = ProgramWriter.write(
                structure, new Tape(new Program(cpu, queueHandle), mode, precision, batch, natives), heads.taps());
        long bytes = written.program().layOut(written.kept());
        if (bytes > memory.bytes()) {
            programs.values().forEach(other -> other.program().close());
            programs.clear();
            memory.close();
            memory = Block.ofBytes(bytes);
        }
        written.program().bind(memory);
        programs.put(new Key(mode, batch), written);
        ready = List.of();
        return written;
    }

    @Override
    public int gradientLength() {
        return places.length();
    }

    @Override
    public double gradient(Batch part, float weight, float[] into) {
        Written written = loaded(Tape.Mode.TRAINING, part.features(), part.size());
        written.program().run(Phase.FORWARD);
        double mean = heads.evaluate(written, part, iteration);
        written.program().run(Phase.BACKWARD);
        natives.gradient().get(0, into, 0, places.length());
        written.moments().forEach(moments -> addSteps(moments, into));
        if (weight != 1) {
            for (int i = 0; i < places.length(); i++) {
                into[i] *= weight;
            }
        }
        return mean;
    }

    /** What to subtract from running statistics to move them towards the batch's. */
    private void addSteps(BatchMoments moments, float[] into) {
        addStep(places.range(moments.node() + "/mean"), moments.mean(), moments.decay(), into);
        addStep(places.range(moments.node() + "/variance"), moments.variance(), moments.decay(), into);
    }

    private void addStep(Range range, Slot batch, double decay, float[] into) {
        for (int c = 0; c < range.length(); c++) {
            int at = range.from() + c;
            into[at] = (float)
                    ((1 - decay) * (parameters[at] - (double) batch.floats().get(c)));
        }
    }

    @Override
    public void update(float[] step) {
        System.arraycopy(step, 0, gradient, 0, gradient.length);
        update();
    }

    private void update() {
        if (scalePenalty != 0) {
            for (Range range : places.scales()) {
                for (int i = range.from(); i < range.to(); i++) {
                    gradient[i] += (float) (scalePenalty * Math.signum(parameters[i]));
                }
            }
        }
        updater.step(parameters, gradient, ranges, iteration);
        iteration++;
        applyFactors();
        ready = List.of();
    }

    private void applyFactors() {
        for (int i = 0; i < factors.length; i++) {
            parameters[i] *= factors[i];
        }
    }

    @Override
    public double step(Batch batch) {
        double mean = gradient(batch, 1, gradient);
        update();
        return mean;
    }

    @Override
    public float[] logits(float[] features, int batch) {
        Written written = loaded(Tape.Mode.INFERENCE, features, batch);
        written.program().run(Phase.FORWARD);
        float[] logits = new float[batch * written.logits().shape().elements()];
        written.logits().value().floats().get(0, logits);
        return logits;
    }

    @Override
    public Network network() {
        return places.read(parameters);
    }

    @Override
    public TrainingState state() {
        return new TrainingState(parameters.clone(), updater.state().clone(), iteration);
    }

    @Override
    public void restore(TrainingState state) {
        float[] moments = updater.state();
        if (state.parameters().length != parameters.length || state.updaterState().length != moments.length) {
            throw new ShapeException("a training state of " + state.parameters().length + " parameters and "
                    + state.updaterState().length + " updater values does not fit this network, which has "
                    + parameters.length + " and " + moments.length);
        }
        System.arraycopy(state.parameters(), 0, parameters, 0, parameters.length);
        System.arraycopy(state.updaterState(), 0, moments, 0, moments.length);
        iteration = Math.toIntExact(state.iteration());
        ready = List.of();
    }

    @Override
    public void beginStatistics() {
        statistics.clear();
    }

    @Override
    public void observe(float[] features, int batch) {
        Written written = loaded(Tape.Mode.OBSERVING, features, batch);
        written.program().run(Phase.FORWARD);
        for (BatchMoments moments : written.moments()) {
            int channels = places.range(moments.node() + "/mean").length();
            double count = (double) moments.values() / channels * batch;
            float[] means = new float[channels];
            float[] variances = new float[channels];
            moments.mean().floats().get(0, means);
            moments.variance().floats().get(0, variances);
            double[] squares = Heads.doubles(variances);
            for (int c = 0; c < channels; c++) {
                squares[c] *= count;
            }
            ChannelMoments batchMoments = new ChannelMoments(count, Heads.doubles(means), squares);
            statistics.merge(moments.node(), batchMoments, ChannelMoments::plus);
        }
        statistics.forEach((node, moments) -> {
            places.write(node + "/mean", moments.means().values(), parameters);
            places.write(node + "/variance", moments.variances().values(), parameters);
        });
        ready = List.of();
    }

    @Override
    public Map<String, ChannelMoments> statistics() {
        return Map.copyOf(statistics);
    }

    @Override
    public OneDnnNetwork keeping(Mask mask) {
        factors = new float[0];
        if (!mask.isNone()) {
            factors = new float[places.length()];
            Arrays.fill(factors, 1);
            places.write(mask.factors(structure), factors);
            applyFactors();
            ready = List.of();
        }
        return this;
    }

    @Override
    public OneDnnNetwork penalisingScales(double lambda) {
        scalePenalty = lambda;
        return this;
    }

    /** Why oneDNN cannot be used in this process, in words; empty where it can. */
    public static Optional<String> libraryObstacle() {
        return OneDnn.obstacle();
    }

    /** The instructions that oneDNN uses here, such as {@code avx512_core_bf16}. */
    public static String instructions() {
        return OneDnn.instructions();
    }

    /** The library's version and instructions, such as {@code oneDNN 3.11, AVX2}. */
    public static String title() {
        return OneDnn.title();
    }

    /**
     * Why a network should not be trained by this engine on this machine, in words: its library does not load, or it
     * has only a slow reference implementation of an operation; empty where nothing stands against it.
     */
    public static Optional<String> obstacle(Structure structure, Precision precision) {
        return libraryObstacle().or(() -> obstacle(precision)).or(() -> slowOperation(structure, precision));
    }

    /** Why the processor should not train in these numbers, in words; empty where it may. */
    public static Optional<String> obstacle(Precision precision) {
        return precision == Precision.FLOAT32
                ? Optional.empty()
                : libraryObstacle().or(() -> OneDnn.obstacle(precision));
    }

    /** A network that is not trained. */
    public static OneDnnNetwork inference(Network network) {
        return of(
                network,
                Precision.FLOAT32,
                new Sgd(0),
                0,
                (rows, logits, targets, gradient, iteration) -> 0,
                List.of());
    }

    private static Optional<String> slowOperation(Structure structure, Precision precision) {
        NativeBackend.limitThreads();
        return ProgramPlan.of(structure, List.of(), Tape.Mode.TRAINING, precision, TRIED_BATCH)
                .slowOperations()
                .stream()
                .findFirst()
                .map(operation -> "oneDNN has no fast implementation here of " + operation);
    }

    /**
     * The bytes outside of the heap that a training on this machine has: exactly those of a network that trains on
     * batches of the first size and observes ones of the other.
     */
    public static long trainingBytes(
            Structure structure, Precision precision, List<TapHead> taps, int batch, int observed) {
        NativeBackend.limitThreads();
        long training = ProgramPlan.of(structure, taps, Tape.Mode.TRAINING, precision, batch)
                .bytes();
        long observing = ProgramPlan.of(structure, taps, Tape.Mode.OBSERVING, precision, observed)
                .bytes();
        return NativeParameters.bytes(FlatParameters.of(structure, taps)) + Math.max(training, observing);
    }

    /** Those that this network has by now. */
    long nativeBytes() {
        return NativeParameters.bytes(places) + memory.bytes();
    }

    @Override
    public void close() {
        programs.values().forEach(written -> written.program().close());
        programs.clear();
        memory.close();
        natives.close();
        queue.deallocate();
        cpu.deallocate();
    }
}
