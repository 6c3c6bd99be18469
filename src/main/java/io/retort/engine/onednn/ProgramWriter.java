package io.retort.engine.onednn;

import io.retort.engine.TrainableNetwork.Precision;
import io.retort.engine.TrainableNetwork.TapHead;
import io.retort.engine.dl4j.kernel.EmbeddingKernel;
import io.retort.engine.onednn.Heads.End;
import io.retort.engine.onednn.PlainLayers.BatchMoments;
import io.retort.engine.onednn.PlainLayers.Behind;
import io.retort.engine.onednn.Program.Phase;
import io.retort.engine.onednn.Tape.Operand;
import io.retort.engine.onednn.WeightedLayers.Place;
import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.MovingLayer;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.TokenLayer;
import io.retort.network.Window;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes the program of a network, node by node. */
final class ProgramWriter implements Layer.Visitor<Slot> {
    private final Structure structure;
    private final Map<String, Shape> shapes;
    private final Map<String, Slot> values = new HashMap<>();
    private final List<BatchMoments> moments = new ArrayList<>();
    private final Tape tape;
    private final WeightedLayers weighted;
    private final PlainLayers plain;
    private final MovingLayers moving;
    private final JavaLayers inJava;
    private final List<TapHead> taps;
    private Node node;

    private ProgramWriter(Structure structure, Tape tape, List<TapHead> taps) {
        this.structure = structure;
        this.shapes = structure.shapes();
        this.tape = tape;
        this.weighted = new WeightedLayers(tape);
        this.plain = new PlainLayers(tape);
        this.moving = new MovingLayers(tape);
        this.inJava = new JavaLayers(tape);
        this.taps = taps;
        this.node = structure.nodes().get(0);
    }

    /**
     * A program and the slots through which it is used.
     *
     * @param features as they come, channels first
     * @param taps values, behind their connectors, with channels last
     */
    record Written(Program program, Slot features, End logits, List<End> taps, List<BatchMoments> moments) {
        /** What is read when the program has run. */
        List<Slot> kept() {
            List<Slot> kept = new ArrayList<>(List.of(logits.value()));
            moments.forEach(each -> kept.addAll(List.of(each.mean(), each.variance())));
            return kept;
        }
    }

    static Written write(Structure structure, Tape tape, List<TapHead> taps) {
        return new ProgramWriter(structure, tape, taps).write();
    }

    private Written write() {
        Shape input = structure.input();
        Slot features = tape.constant(tape.slot(input, Precision.FLOAT32));
        tape.program().touch(Phase.FORWARD, List.of(features));
        values.put(Structure.INPUT, channelsLast(features, input));
        for (Node next : structure.nodes()) {
            node = next;
            if (!values.containsKey(node.name())) { // a node before it may have given both
                values.put(node.name(), node.layer().accept(this));
            }
        }
        String output = structure.output().name();
        End logits = end(values.get(output), shapes.get(output));
        List<End> tapped = tape.isTraining() ? tapped() : List.of();
        List<End> ends = new ArrayList<>(List.of(logits));
        ends.addAll(tapped);
        tape.program().touch(Phase.FORWARD, ends.stream().map(End::value).toList());
        if (tape.isTraining()) {
            tape.program()
                    .touch(Phase.BACKWARD, ends.stream().map(End::gradient).toList());
            ends.forEach(end -> tape.contribute(end.value(), end.gradient(), end.shape()));
            tape.writeBackward();
        }
        return new Written(tape.program(), features, logits, tapped, List.copyOf(moments));
    }

    private Slot channelsLast(Slot features, Shape input) {
        if (!input.isImage() || input.channels() == 1 || input.height() * input.width() == 1) {
            return tape.as(tape.precision(input), features, input);
        }
        Slot turned = tape.constant(tape.slot(input, tape.precision(input)));
        tape.reorder(
                Phase.FORWARD,
                new Operand(features, moving.channelsFirst(input)),
                new Operand(turned, tape.values(input, tape.precision(input))));
        return turned;
    }

    private List<End> tapped() {
        List<End> ends = new ArrayList<>();
        for (int i = 0; i < taps.size(); i++) {
            TapHead tap = taps.get(i);
            Shape shape = shapes.get(tap.tap());
            Slot value = values.get(tap.tap());
            if (tap.connectorOutputs().isPresent()) {
                int outputs = tap.connectorOutputs().getAsInt();
                Shape seen =
                        shape.isImage() ? Shape.image(outputs, shape.height(), shape.width()) : Shape.vector(outputs);
                Place place = new Place(connector(i), value, shape, seen, Bias.PER_CHANNEL);
                value = shape.isImage() ? weighted.convolution(place, 1, Window.valid(1, 1)) : weighted.dense(place);
                shape = seen;
            }
            ends.add(end(value, shape));
        }
        return ends;
    }

    private End end(Slot value, Shape shape) {
        return End.of(tape.as(Precision.FLOAT32, value, shape), shape);
    }

    /** The name of a tap's connector. Not a legal node name, so it cannot clash. */
    static String connector(int tap) {
        return "CONNECTOR-" + tap;
    }

    private Slot in() {
        return values.get(node.inputs().get(0));
    }

    private List<Slot> allIn() {
        return node.inputs().stream().map(values::get).toList();
    }

    private Shape inputs() {
        return shapes.get(node.inputs().get(0));
    }

    private Shape outputs() {
        return shapes.get(node.name());
    }

    private Place place(Bias bias) {
        return new Place(node.name(), in(), inputs(), outputs(), bias);
    }

    @Override
    public Slot conv(Layer.Conv layer) {
        return weighted.convolution(place(layer.bias()), 1, layer.window());
    }

    @Override
    public Slot depthwiseConv(Layer.DepthwiseConv layer) {
        return weighted.convolution(place(layer.bias()), inputs().channels(), layer.window());
    }

    @Override
    public Slot groupedConv(Layer.GroupedConv layer) {
        return weighted.convolution(place(layer.bias()), layer.groups(), layer.window());
    }

    @Override
    public Slot dense(Layer.Dense layer) {
        return weighted.dense(place(layer.bias()));
    }

    @Override
    public Slot batchNorm(Layer.BatchNorm layer) {
        List<Node> readers = structure.nodes().stream()
                .filter(other -> other.inputs().contains(node.name()))
                .toList();
        boolean fused = readers.size() == 1
                && readers.get(0).layer().equals(new Layer.Activate(Layer.Activate.Function.RELU))
                && taps.stream().noneMatch(tap -> tap.tap().equals(node.name()));
        Slot out =
                plain.batchNorm(node.name(), layer, in(), inputs(), fused ? Behind.RELU : Behind.NOTHING, moments::add);
        if (fused) {
            values.put(readers.get(0).name(), out);
        }
        return out;
    }

    @Override
    public Slot activate(Layer.Activate layer) {
        return plain.activate(layer, in(), inputs());
    }

    @Override
    public Slot pool(Layer.Pool layer) {
        return plain.pool(layer, in(), inputs(), outputs());
    }

    @Override
    public Slot globalAveragePool(Layer.GlobalAveragePool layer) {
        return plain.globalAverage(in(), inputs());
    }

    @Override
    public Slot flatten(Layer.Flatten layer) {
        return moving.flatten(in(), inputs());
    }

    @Override
    public Slot add(Layer.Add layer) {
        return moving.add(allIn(), outputs());
    }

    @Override
    public Slot concat(Layer.Concat layer) {
        return moving.concat(allIn(), Structure.inputShapes(node, shapes), outputs());
    }

    @Override
    public Slot gate(Layer.Gate layer) {
        return moving.gate(in(), allIn().get(1), inputs(), plain);
    }

    @Override
    public Slot slice(Layer.Slice layer) {
        return moving.slice(in(), inputs(), outputs(), layer.first());
    }

    @Override
    public Slot channelShuffle(MovingLayer.ChannelShuffle layer) {
        int channels = inputs().channels();
        return moving.permute(in(), inputs(), channel -> layer.source(channel, channels));
    }

    @Override
    public Slot channelShift(MovingLayer.ChannelShift layer) {
        int channels = inputs().channels();
        return moving.permute(in(), inputs(), channel -> layer.source(channel, channels));
    }

    @Override
    public Slot fakeQuantize(Layer.FakeQuantize layer) {
        return inJava.fakeQuantize(node.name(), layer, in(), inputs());
    }

    @Override
    public Slot shift(MovingLayer.Shift layer) {
        return inJava.shift(layer, in(), inputs());
    }

    @Override
    public Slot activeShift(MovingLayer.ActiveShift layer) {
        return inJava.activeShift(node.name(), layer, in(), inputs());
    }

    @Override
    public Slot embedding(TokenLayer.Embedding layer) {
        return inJava.embedding(
                node.name(), layer, in(), inputs(), outputs(), EmbeddingKernel::rows, EmbeddingKernel::addRowsGradient);
    }

    @Override
    public Slot embeddingBag(TokenLayer.EmbeddingBag layer) {
        return inJava.embedding(
                node.name(),
                layer,
                in(),
                inputs(),
                outputs(),
                EmbeddingKernel::means,
                EmbeddingKernel::addMeansGradient);
    }
}
