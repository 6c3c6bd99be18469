package io.retort.engine.dl4j;

import io.retort.engine.Batch;
import io.retort.engine.TrainableNetwork;
import io.retort.engine.TrainableNetwork.TapHead;
import io.retort.engine.TrainableNetwork.TrainingState;
import io.retort.network.ChannelMoments;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.ShapeException;
import io.retort.network.Structure;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.updater.graph.ComputationGraphUpdater;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * A network in training, as a DL4J graph.
 *
 * <p>Features are scaled already, {@code [batch, channels, height, width]} or {@code [batch, features]} in row-major
 * order; the batch may differ from call to call. Not safe for use by several threads at once; several networks may be
 * trained at once, each by its own thread.
 */
public final class Dl4jNetwork implements TrainableNetwork {
    private final Structure structure;
    private final GraphPlan plan;
    private final ComputationGraph graph;
    private final LayerWorkspaceMgr noWorkspaces = LayerWorkspaceMgr.noWorkspaces();
    private StatisticsEstimate statistics = StatisticsEstimate.none();
    private final GraphParameters parameters;
    private final RoundedWeights weights;
    private List<INDArray> factors = List.of();
    private double scalePenalty;
    private List<GraphParameters.Range> penalised = List.of();

    private Dl4jNetwork(Structure structure, GraphPlan plan) {
        NativeBackend.limitThreads();
        this.structure = structure;
        this.plan = plan;
        this.graph = new ComputationGraph(plan.configuration());
        graph.init();
        this.parameters = new GraphParameters(structure, plan.places(), graph);
        this.weights = RoundedWeights.of(structure, parameters);
    }

    /** {@link #of(Network, IUpdater, double, ILossFunction, LayerSet)} with {@link LayerSet#FUSED}. */
    public static Dl4jNetwork of(Network network, IUpdater updater, double weightDecay, ILossFunction loss) {
        return of(network, updater, weightDecay, loss, LayerSet.FUSED);
    }

    /**
     * Builds the DL4J graph of a network.
     *
     * @param updater with its learning rate, which may be an ND4J schedule by iteration
     * @param weightDecay decoupled (Loshchilov and Hutter 2019, arXiv:1711.05101): each step also takes
     *     {@code learning rate · weightDecay · w} from each weight w of a convolution or dense layer, not from biases
     *     or BatchNorm
     * @param loss of logits {@code [batch, classes]} and targets of any width; its gradient is that of the batch's sum,
     *     as DL4J demands
     */
    public static Dl4jNetwork of(
            Network network, IUpdater updater, double weightDecay, ILossFunction loss, LayerSet layers) {
        return of(network, updater, weightDecay, loss, layers, List.of());
    }

    /**
     * A network of fused layers with further losses at taps. Their connectors are trained and are part of
     * {@link #state}, but not of {@link #network}.
     *
     * @param taps one head each, in the order of {@link Batch#taps}
     */
    public static Dl4jNetwork tapped(
            Network network, IUpdater updater, double weightDecay, ILossFunction loss, List<TapHead> taps) {
        return of(network, updater, weightDecay, loss, LayerSet.FUSED, taps);
    }

    private static Dl4jNetwork of(
            Network network,
            IUpdater updater,
            double weightDecay,
            ILossFunction loss,
            LayerSet layers,
            List<TapHead> taps) {
        NativeBackend.configure();
        GraphPlan.Training training = new GraphPlan.Training(updater, weightDecay);
        GraphPlan plan = GraphPlan.of(network.structure(), layers, training, LogitsHead.of(loss), taps);
        Dl4jNetwork trainable = withParameters(network, plan);
        for (int i = 0; i < taps.size(); i++) {
            if (taps.get(i).connectorOutputs().isPresent()) {
                trainable.initialiseConnector(GraphPlan.connector(i), taps.get(i));
            }
        }
        return trainable;
    }

    private void initialiseConnector(String vertex, TapHead tap) {
        INDArray weight = graph.getLayer(vertex).getParam("W");
        int inputs = structure.shapes().get(tap.tap()).channels();
        weight.assign(Nd4j.createFromArray(tap.connectorWeights(inputs)).reshape('c', weight.shape()));
    }

    static Dl4jNetwork withParameters(Network network, GraphPlan plan) {
        Dl4jNetwork trainable = new Dl4jNetwork(network.structure(), plan);
        trainable.parameters.write(network);
        return trainable;
    }

    @Override
    public Dl4jNetwork keeping(Mask mask) {
        if (mask.isNone()) {
            factors = List.of();
            return this;
        }
        INDArray present = graph.params().dup();
        parameters.write(
                mask.factors(structure)); // as if they were parameters, which puts each where its parameter lies
        factors = List.of(graph.params().dup());
        graph.params().assign(present);
        factors.forEach(graph.params()::muli);
        return this;
    }

    @Override
    public Dl4jNetwork penalisingScales(double lambda) {
        scalePenalty = lambda;
        penalised = lambda == 0 ? List.of() : parameters.ofBatchNorms(Set.of("scale"));
        return this;
    }

    private void addPenalty() {
        for (GraphParameters.Range range : penalised) {
            INDArrayIndex[] there = {NDArrayIndex.point(0), NDArrayIndex.interval(range.from(), range.to())};
            INDArray pull = Transforms.sign(graph.params().get(there), true).muli(scalePenalty);
            graph.getFlattenedGradients().get(there).addi(pull);
        }
    }

    /** One optimiser step on a batch; returns the mean loss before the step, without weight decay and penalty. */
    public double step(INDArray features, INDArray targets) {
        return step(features, new INDArray[] {targets});
    }

    private double step(INDArray features, INDArray[] labels) {
        double loss = computeGradient(features, labels);
        update(Math.toIntExact(features.size(0)));
        return loss;
    }

    private double computeGradient(INDArray features, INDArray[] labels) {
        NativeBackend.limitThreads();
        graph.setInputs(features);
        graph.setLabels(labels);
        return weights.during(() -> {
            graph.computeGradientAndScore();
            return graph.score();
        });
    }

    /** Moves the parameters by the gradient that the graph holds. */
    private void update(int batchSize) {
        NativeBackend.limitThreads();
        addPenalty();
        int iteration = graph.getIterationCount();
        ComputationGraphUpdater updater = graph.getUpdater();
        updater.update(graph.gradient(), iteration, 0, batchSize, noWorkspaces);
        graph.params().subi(graph.getFlattenedGradients());
        factors.forEach(graph.params()::muli);
        graph.getConfiguration().setIterationCount(iteration + 1);
    }

    @Override
    public double step(Batch batch) {
        return step(BatchArrays.features(batch.features(), structure.input(), batch.size()), BatchArrays.labels(batch));
    }

    @Override
    public int gradientLength() {
        return Math.toIntExact(graph.params().length());
    }

    @Override
    public double gradient(Batch part, float weight, float[] gradient) {
        double loss = computeGradient(
                BatchArrays.features(part.features(), structure.input(), part.size()), BatchArrays.labels(part));
        INDArray flat = graph.getFlattenedGradients();
        int length = gradientLength();
        floats(flat).get(0, gradient, 0, length);
        for (int i = 0; i < length; i++) {
            gradient[i] *= weight;
        }
        return loss;
    }

    @Override
    public void update(float[] gradient) {
        floats(graph.getFlattenedGradients()).put(0, gradient, 0, gradientLength());
        update(1); // the gradient is that of a mean already
    }

    private static FloatBuffer floats(INDArray flat) {
        return new FloatPointer(flat.data().addressPointer())
                .capacity(flat.length())
                .asBuffer();
    }

    /** Logits {@code [batch, classes]} in inference mode, not attached to any workspace. */
    public INDArray logits(INDArray features) {
        NativeBackend.limitThreads();
        return weights.during(() -> graph.output(false, features)[0]);
    }

    @Override
    public float[] logits(float[] features, int batch) {
        return logits(BatchArrays.features(features, structure.input(), batch))
                .dup('c')
                .data()
                .asFloat();
    }

    /** DL4J frees its arrays as they are collected. */
    @Override
    public void close() {}

    /** A network that is not trained. */
    public static Dl4jNetwork inference(Network network) {
        return of(network, new NoOp(), 0, new LossMCXENT());
    }

    @Override
    public Network network() {
        return parameters.read();
    }

    @Override
    public TrainingState state() {
        INDArray updaterState = graph.getUpdater().getStateViewArray();
        return new TrainingState(
                graph.params().dup().data().asFloat(),
                updaterState == null ? new float[0] : updaterState.dup().data().asFloat(),
                graph.getIterationCount());
    }

    @Override
    public void restore(TrainingState state) {
        INDArray updaterState = graph.getUpdater().getStateViewArray();
        long updaterLength = updaterState == null ? 0 : updaterState.length();
        if (state.parameters().length != graph.params().length() || state.updaterState().length != updaterLength) {
            throw new ShapeException("a training state of " + state.parameters().length + " parameters and "
                    + state.updaterState().length + " updater values does not fit this network, which has "
                    + graph.params().length() + " and " + updaterLength);
        }
        graph.params()
                .assign(Nd4j.createFromArray(state.parameters())
                        .reshape(graph.params().shape()));
        if (updaterLength > 0) {
            updaterState.assign(Nd4j.createFromArray(state.updaterState()).reshape(updaterState.shape()));
        }
        // DL4J copies the graph's count to its layers at the start of each step
        graph.getConfiguration().setIterationCount(Math.toIntExact(state.iteration()));
    }

    /** Where BatchNorm's running statistics lie in {@link TrainingState#parameters}; ascending, without overlap. */
    List<GraphParameters.Range> statisticRanges() {
        return parameters.ofBatchNorms(Set.of("mean", "variance"));
    }

    @Override
    public void beginStatistics() {
        statistics = StatisticsEstimate.of(structure, plan);
    }

    /**
     * Runs a batch in training mode without a step, and sets BatchNorm's running mean and (biased) variance to those of
     * the values before it over all samples observed since {@link #beginStatistics}, each sample with the same weight.
     * The output of earlier BatchNorms is normalised by each batch's own statistics.
     */
    public void observe(INDArray features) {
        NativeBackend.limitThreads();
        Map<String, INDArray> outputs = weights.during(() -> graph.feedForward(features, true));
        statistics.add(outputs);
        release(outputs, features);
        statistics().forEach((name, moments) -> {
            parameters.write(name, "mean", moments.means());
            parameters.write(name, "variance", moments.variances());
        });
    }

    @Override
    public Map<String, ChannelMoments> statistics() {
        return statistics.moments();
    }

    /** Frees outputs at once: otherwise each batch would touch hundreds of megabytes of new memory. */
    private static void release(Map<String, INDArray> outputs, INDArray features) {
        for (INDArray output : outputs.values()) {
            if (output.data() != features.data()
                    && output.closeable()) { // an output may be another under another shape
                output.close();
            }
        }
    }

    @Override
    public void observe(float[] features, int batch) {
        observe(BatchArrays.features(features, structure.input(), batch));
    }

    /**
     * The DL4J graph itself, for DL4J's own trainers. Whoever trains it directly leaves {@link #step} alone meanwhile.
     */
    public ComputationGraph graph() {
        return graph;
    }
}
