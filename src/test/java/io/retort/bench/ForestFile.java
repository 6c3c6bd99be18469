package io.retort.bench;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.label.sparkml.FittedClassifier;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A forest that a run has fitted, as an ONNX file (TreeEnsembleClassifier) such as converters write it: its bytes and its median time for one row, in ONNX Runtime with one
 * thread, beside a student's file: {@code submit-scripts/benchmark --forest ROOT/store/models/DIGEST/fitted.bin STUDENT.onnx}. Rows are integers of 0 to 15, as
 * LetterRecognition's are; before anything is timed, the file's probabilities are compared with the forest's.
 */
public final class ForestFile {
    private static final int ROWS = 2_000;
    private static final int WARM_UP = 500;
    private static final double TOLERANCE = 1e-5;

    private ForestFile() {}

    public static void main(String[] arguments) throws IOException {
        FittedClassifier.Trees forest = lastForest(Path.of(arguments[0]));
        int columns = 1 + Arrays.stream(forest.feature()).max().orElseThrow();
        float[][] rows = rows(columns);
        byte[] onnx = onnx(forest, columns).toByteArray();
        byte[] student = Files.readAllBytes(Path.of(arguments[1]));
        System.out.println("| model | ONNX bytes | p50 of a row, ms |\n|---|---|---|");
        try (OnnxSession forests = OnnxSession.open(onnx, 1);
                OnnxSession students = OnnxSession.open(student, 1)) {
            compare(forests, forest, rows);
            tell("forest, " + forest.roots().length + " trees", onnx, time(forests, rows));
            tell("student", student, time(students, rows));
        }
    }

    private static void tell(String model, byte[] onnx, double millis) {
        System.out.printf(Locale.ROOT, "| %s | %,d | %.4f |%n", model, onnx.length, millis);
    }

    /** The one that was fitted on all rows. */
    private static FittedClassifier.Trees lastForest(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            FittedClassifier last = null;
            for (int left = in.readInt(); left > 0; left--) {
                last = FittedClassifier.read(in);
            }
            return (FittedClassifier.Trees) last;
        }
    }

    private static float[][] rows(int columns) {
        Random random = new Random(1);
        float[][] rows = new float[ROWS][columns];
        for (float[] row : rows) {
            for (int column = 0; column < columns; column++) {
                row[column] = random.nextInt(16);
            }
        }
        return rows;
    }

    private static ModelProto onnx(FittedClassifier.Trees forest, int columns) {
        int nodes = forest.feature().length;
        long[] tree = new long[nodes];
        long[] place = new long[nodes];
        for (int t = 0; t < forest.roots().length; t++) {
            int end = t + 1 < forest.roots().length ? forest.roots()[t + 1] : nodes;
            for (int node = forest.roots()[t]; node < end; node++) {
                tree[node] = t;
                place[node] = (long) node - forest.roots()[t];
            }
        }
        boolean[] inner = new boolean[nodes];
        for (int node = 0; node < nodes; node++) {
            inner[node] = forest.feature()[node] >= 0;
        }
        int[] leafOf = new int[forest.named().length];
        for (int node = 0; node < nodes; node++) {
            for (int i = forest.next()[node];
                    !inner[node] && i < forest.next()[node] - 1 - forest.feature()[node];
                    i++) {
                leafOf[i] = node;
            }
        }
        NodeProto.Builder ensemble = NodeProto.newBuilder()
                .setDomain("ai.onnx.ml")
                .setOpType("TreeEnsembleClassifier")
                .addInput("features")
                .addOutput("label")
                .addOutput("probabilities")
                .addAttribute(integers("nodes_treeids", Arrays.stream(tree)))
                .addAttribute(integers("nodes_nodeids", Arrays.stream(place)))
                .addAttribute(integers("nodes_featureids", longs(nodes, n -> inner[n] ? forest.feature()[n] : 0)))
                .addAttribute(integers("nodes_truenodeids", longs(nodes, n -> inner[n] ? place[n] + 1 : 0L)))
                .addAttribute(integers("nodes_falsenodeids", longs(nodes, n -> inner[n] ? place[forest.next()[n]] : 0)))
                .addAttribute(reals("nodes_values", nodes, n -> inner[n] ? floor(forest.threshold()[n]) : 0))
                .addAttribute(attribute("nodes_modes", AttributeType.STRINGS)
                        .addAllStrings(IntStream.range(0, nodes)
                                .mapToObj(n -> ByteString.copyFromUtf8(inner[n] ? "BRANCH_LEQ" : "LEAF"))
                                .toList()))
                .addAttribute(integers("class_treeids", longs(leafOf.length, i -> tree[leafOf[i]])))
                .addAttribute(integers("class_nodeids", longs(leafOf.length, i -> place[leafOf[i]])))
                .addAttribute(integers("class_ids", longs(leafOf.length, i -> forest.named()[i])))
                .addAttribute(reals("class_weights", leafOf.length, i -> forest.values()[i] / forest.roots().length))
                .addAttribute(integers("classlabels_int64s", longs(forest.classes(), c -> c)));
        GraphProto graph = GraphProto.newBuilder()
                .setName("forest")
                .addInput(value("features", TensorProto.DataType.FLOAT_VALUE, columns))
                .addNode(ensemble)
                .addOutput(value("probabilities", TensorProto.DataType.FLOAT_VALUE, forest.classes()))
                .build();
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .setGraph(graph)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(17))
                .addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain("ai.onnx.ml").setVersion(3))
                .build();
    }

    /** The greatest float up to a threshold: which floats are less or equal does not change. */
    private static float floor(double threshold) {
        float near = (float) threshold;
        return near > threshold ? Math.nextDown(near) : near;
    }

    private interface LongOf {
        long of(int index);
    }

    private interface RealOf {
        double of(int index);
    }

    private static Stream<Long> longs(int count, LongOf of) {
        return IntStream.range(0, count).mapToObj(of::of);
    }

    private static AttributeProto.Builder attribute(String name, AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }

    private static AttributeProto integers(String name, LongStream values) {
        return integers(name, values.boxed());
    }

    private static AttributeProto integers(String name, Stream<Long> values) {
        return attribute(name, AttributeType.INTS).addAllInts(values.toList()).build();
    }

    private static AttributeProto reals(String name, int count, RealOf of) {
        List<Float> values =
                IntStream.range(0, count).mapToObj(i -> (float) of.of(i)).toList();
        return attribute(name, AttributeType.FLOATS).addAllFloats(values).build();
    }

    private static ValueInfoProto value(String name, int type, int width) {
        TensorShapeProto shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("batch"))
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(width))
                .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
                .build();
    }

    /** The median of single rows, after some to warm up. */
    private static double time(OnnxSession session, float[][] rows) {
        float[] answers = new float[session.classes()];
        double[] millis = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            long start = System.nanoTime();
            session.logits(rows[i], 1, answers);
            millis[i] = (System.nanoTime() - start) / 1e6;
        }
        double[] counted = Arrays.copyOfRange(millis, WARM_UP, millis.length);
        Arrays.sort(counted);
        return counted[counted.length / 2];
    }

    private static void compare(OnnxSession session, FittedClassifier.Trees forest, float[][] rows) {
        for (float[] row : rows) {
            float[] answers = session.logits(row, 1);
            double[] wanted = forest.probabilities(
                    IntStream.range(0, row.length).mapToDouble(i -> row[i]).toArray());
            for (int c = 0; c < wanted.length; c++) {
                if (Math.abs(answers[c] - wanted[c]) > TOLERANCE) {
                    throw new IllegalStateException("class " + c + ": " + answers[c] + " instead of " + wanted[c]);
                }
            }
        }
    }
}
