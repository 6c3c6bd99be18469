package io.retort.search;

import io.retort.engine.Tap;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.network.Layer.Activate;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.run.CandidateStage;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * A score of networks that were not trained (Mellor, Turner, Storkey, Crowley 2021, "Neural architecture search without
 * training", arXiv:2006.04647, equation 2): how well the ReLUs of the network tell rows apart at its drawn parameters.
 *
 * <p>Each row has a code of N bits, one for each ReLU, which is 1 where the ReLU passes its input on. With
 * {@code K[i, j] = N − Hamming distance of the codes of rows i and j} the score is {@code log |det K|}; greater is
 * better. BatchNorm has its statistics from before the training, where the paper takes those of the rows.
 */
final class TrainingFree {
    private final CandidateStage stage;
    private final float[] rows;
    private final Map<Structure, Double> known = new ConcurrentHashMap<>();

    /** @param samples training rows that networks are shown */
    TrainingFree(CandidateStage stage, int samples) {
        this.stage = stage;
        this.rows = stage.firstInputs(samples);
    }

    double score(Structure structure) {
        return known.computeIfAbsent(structure, this::computed);
    }

    private double computed(Structure structure) {
        Map<String, Shape> shapes = structure.shapes();
        List<Tap> taps = structure.nodes().stream()
                .filter(node -> node.layer() instanceof Activate activation
                        && activation.function() != Activate.Function.TANH
                        && activation.function() != Activate.Function.SIGMOID)
                .map(node -> node.name())
                .map(node -> Tap.features(
                        node,
                        shapes.get(node),
                        shapes.get(node).height(),
                        shapes.get(node).width()))
                .toList();
        if (taps.isEmpty()) {
            return 0;
        }
        Network network = Network.initialised(structure, stage.recipe().seeds().get(0));
        int samples = rows.length / structure.input().elements();
        try (OnnxSession session = OnnxSession.open(OnnxModel.taps(network, taps), 1)) {
            return score(session.logits(rows, samples), samples);
        }
    }

    /** @param values after the ReLUs, {@code [samples, N]} */
    static double score(float[] values, int samples) {
        int width = values.length / samples;
        BitSet[] codes = new BitSet[samples];
        for (int i = 0; i < samples; i++) {
            codes[i] = new BitSet(width);
            for (int bit = 0; bit < width; bit++) {
                codes[i].set(bit, values[i * width + bit] > 0);
            }
        }
        RealMatrix kernel = MatrixUtils.createRealMatrix(samples, samples);
        for (int i = 0; i < samples; i++) {
            for (int j = 0; j < samples; j++) {
                BitSet distance = (BitSet) codes[i].clone();
                distance.xor(codes[j]);
                kernel.setEntry(i, j, width - distance.cardinality());
            }
        }
        LUDecomposition decomposition = new LUDecomposition(kernel);
        if (!decomposition.getSolver().isNonSingular()) {
            return -Double.MAX_VALUE; // two rows with the same code
        }
        RealMatrix upper = decomposition.getU();
        return IntStream.range(0, samples)
                .mapToDouble(i -> Math.log(Math.abs(upper.getEntry(i, i))))
                .sum();
    }
}
