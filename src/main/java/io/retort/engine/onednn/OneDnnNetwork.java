package io.retort.engine.onednn;

import io.retort.engine.Batch;
import io.retort.engine.LogitsLoss;
import io.retort.engine.TapHead;
import io.retort.engine.TrainableNetwork;
import io.retort.engine.TrainingState;
import io.retort.engine.dl4j.NativeBackend;
import io.retort.engine.dl4j.RoundedWeights;
import io.retort.engine.onednn.FlatParameters.Kind;
import io.retort.engine.onednn.FlatParameters.Range;
import io.retort.engine.onednn.PlainLayers.BatchMoments;
import io.retort.engine.onednn.Program.Phase;
import io.retort.engine.onednn.ProgramWriter.End;
import io.retort.engine.onednn.ProgramWriter.Written;
import io.retort.network.ChannelMoments;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.ShapeException;
import io.retort.network.Structure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.BytePointer;
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
    private final LogitsLoss loss;
    private final List<TapHead> taps;
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
    private BytePointer memory = new BytePointer();
    private float[] factors = {};
    private double scalePenalty;
    private int iteration;
    /** The program whose weights are laid out in memory; none where parameters have moved since. */
    private List<Key> ready = List.of();

    private record Key(Tape.Mode mode, int batch) {}

    private OneDnnNetwork(Network network, IUpdater settings, double weightDecay, LogitsLoss loss, List<TapHead> taps) {
        this.structure = network.structure();
        this.loss = loss;
        this.taps = List.copyOf(taps);
        this.places = new FlatParameters(structure);
        this.roundedBits = RoundedWeights.bits(structure);
        for (int i = 0; i < taps.size(); i++) {
            addConnector(i);
        }
        this.ranges = places.ranges();
        this.updater = new Updater(settings, weightDecay, places.length());
        this.parameters = new float[places.length()];
        this.gradient = new float[places.length()];
        this.natives = new NativeParameters(places);
        this.cpu = OneDnn.engine();
        this.queue = new stream(cpu);
        this.queueHandle = queue.get();
        places.write(network, parameters);
        for (int i = 0; i < taps.size(); i++) {
            initialiseConnector(i);
        }
    }

    private void addConnector(int tap) {
        taps.get(tap).connectorOutputs().ifPresent(outputs -> {
            int inputs = structure.shapes().get(taps.get(tap).tap()).channels();
            places.add(ProgramWriter.connector(tap) + "/weight", inputs * outputs, Kind.DECAYED);
            places.add(ProgramWriter.connector(tap) + "/bias", outputs, Kind.TRAINED);
        });
    }

    /** As DL4J's begin: those of a vector are drawn input by input. */
    private void initialiseConnector(int tap) {
        taps.get(tap).connectorOutputs().ifPresent(outputs -> {
            Shape shape = structure.shapes().get(taps.get(tap).tap());
            int inputs = shape.channels();
            float[] drawn = taps.get(tap).connectorWeights(inputs);
            float[] weights = drawn.clone();
            for (int i = 0; i < weights.length && !shape.isImage(); i++) {
                weights[i] = drawn[i % inputs * outputs + i / inputs];
            }
            places.write(ProgramWriter.connector(tap) + "/weight", weights, parameters);
        });
    }

    /**
     * Begins a training.
     *
     * @param settings of an updater: ND4J's Adam, Nesterovs or Sgd
     * @param weightDecay decoupled (Loshchilov and Hutter 2019, arXiv:1711.05101): each step also takes
     *     {@code learning rate · weightDecay · w} from each weight w of a convolution or dense layer
     * @param taps one head each, in the order of {@link Batch#taps}
     */
    public static OneDnnNetwork of(
            Network network, IUpdater settings, double weightDecay, LogitsLoss loss, List<TapHead> taps) {
        // first of all: oneDNN asks OpenMP, which keeps the number for each thread, and JavaCPP reads its properties
        // once
        NativeBackend.limitThreads();
        return new OneDnnNetwork(network, settings, weightDecay, loss, taps);
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
        Written written =
                ProgramWriter.write(structure, new Tape(new Program(cpu, queueHandle), mode, batch, natives), taps);
        long bytes = written.program().layOut(written.kept());
        if (bytes > memory.capacity()) {
            programs.values().forEach(other -> other.program().close());
            programs.clear();
            memory.deallocate();
            memory = new BytePointer(bytes);
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
        double mean = evaluate(written, part);
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

    /** Evaluates all losses and puts their gradients where the program reads them. */
    private double evaluate(Written written, Batch part) {
        List<double[]> values = new ArrayList<>();
        values.add(read(written.logits(), part.size()));
        written.taps().forEach(tap -> values.add(read(tap, part.size())));
        double[] byLogits = new double[values.get(0).length];
        double sum = loss.evaluate(part.size(), values.get(0), doubles(part.targets()), byLogits, iteration);
        write(byLogits, written.logits(), part.size());
        for (int i = 0; i < taps.size(); i++) {
            double[] student = values.get(i + 1);
            double[] byTap = new double[student.length];
            sum += taps.get(i)
                    .objective()
                    .evaluate(part.size(), student, doubles(part.taps().get(i)), byTap);
            write(byTap, written.taps().get(i), part.size());
        }
        return sum;
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    /** A value, channels first. */
    private static double[] read(End end, int batch) {
        float[] values = new float[batch * end.shape().elements()];
        end.value().floats().get(0, values);
        double[] read = new double[values.length];
        int channels = end.shape().channels();
        int places = end.shape().elements() / channels;
        for (int i = 0; i < values.length; i++) {
            int place = i / channels;
            read[place / places * places * channels + i % channels * places + place % places] = values[i];
        }
        return read;
    }

    /** Puts a gradient, which is channels first, where the program reads it. */
    private static void write(double[] gradient, End end, int batch) {
        float[] values = new float[batch * end.shape().elements()];
        int channels = end.shape().channels();
        int places = end.shape().elements() / channels;
        for (int i = 0; i < values.length; i++) {
            int place = i / channels;
            values[i] = (float) gradient[place / places * places * channels + i % channels * places + place % places];
        }
        end.gradient().floats().put(0, values);
    }

    /** What to subtract from running statistics to move them towards the batch's. */
    private void addSteps(BatchMoments moments, float[] into) {
        addStep(places.range(moments.node() + "/mean"), moments.mean(), moments.decay(), into);
        addStep(places.range(moments.node() + "/variance"), moments.variance(), moments.decay(), into);
    }

    private void addStep(Range range, Slot batch, double decay, float[] into) {
        float[] values = new float[range.length()];
        batch.floats().get(0, values);
        for (int c = 0; c < values.length; c++) {
            int at = range.from() + c;
            into[at] = (float) ((1 - decay) * (parameters[at] - (double) values[c]));
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
        Written written = loaded(Tape.Mode.TRAINING, features, batch);
        written.program().run(Phase.FORWARD);
        for (BatchMoments moments : written.moments()) {
            int channels = places.range(moments.node() + "/mean").length();
            double count = (double) moments.values() / channels * batch;
            float[] means = new float[channels];
            float[] variances = new float[channels];
            moments.mean().floats().get(0, means);
            moments.variance().floats().get(0, variances);
            double[] squares = doubles(variances);
            for (int c = 0; c < channels; c++) {
                squares[c] *= count;
            }
            statistics.merge(moments.node(), new ChannelMoments(count, doubles(means), squares), ChannelMoments::plus);
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

    /**
     * Why a network should not be trained by this engine on this machine, in words: its library does not load, or it
     * has only a slow reference implementation of an operation; empty where nothing stands against it.
     */
    public static Optional<String> obstacle(Structure structure) {
        return libraryObstacle().or(() -> slowOperation(structure));
    }

    private static Optional<String> slowOperation(Structure structure) {
        try (OneDnnNetwork network = of(
                Network.initialised(structure, 0),
                new Sgd(0),
                0,
                (rows, logits, targets, gradient, iteration) -> 0,
                List.of())) {
            return network.slowOperations().stream()
                    .findFirst()
                    .map(operation -> "oneDNN has no fast implementation here of " + operation);
        }
    }

    private List<String> slowOperations() {
        return List.copyOf(write(Tape.Mode.TRAINING, TRIED_BATCH).program().slowOperations());
    }

    @Override
    public void close() {
        programs.values().forEach(written -> written.program().close());
        programs.clear();
        memory.deallocate();
        natives.close();
        queue.deallocate();
        cpu.deallocate();
    }
}
