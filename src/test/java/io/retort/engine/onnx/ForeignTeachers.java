package io.retort.engine.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.retort.engine.onnx.run.ForeignModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of {@code src/test/resources/teachers}, whose README says what each is. */
public final class ForeignTeachers {
    /** Images in {@code images.bin}. */
    public static final int IMAGES = 16;

    public static final int CLASSES = 10;

    private ForeignTeachers() {}

    public static Path path(String name) {
        try {
            return Path.of(
                    ForeignTeachers.class.getResource("/teachers/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    public static ForeignModel model(String name) {
        return ForeignModel.at(path(name));
    }

    /** Pixels from 0 to 255, image by image. */
    public static float[] images() {
        byte[] bytes = read("images.bin");
        float[] pixels = new float[bytes.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = bytes[i] & 0xFF;
        }
        return pixels;
    }

    /** The class of each image. */
    public static int[] labels() {
        return rows().mapToInt(row -> Integer.parseInt(row[0])).toArray();
    }

    /** What one-file.onnx gives for each image in ONNX Runtime for Python. */
    public static float[] logits() {
        List<String[]> rows = rows().toList();
        float[] logits = new float[IMAGES * CLASSES];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = Float.parseFloat(rows.get(i / CLASSES)[1 + i % CLASSES]);
        }
        return logits;
    }

    /** reviews.onnx with a ZipMap of its probabilities at the end, of these of its classes in this order. */
    public static byte[] zipMap(List<String> classes) throws IOException {
        ModelProto.Builder model = ModelProto.parseFrom(read("reviews.onnx")).toBuilder();
        List<String> all = List.of("books", "films", "meals", "trips");
        GraphProto.Builder graph = model.getGraphBuilder();
        graph.removeOutput(1)
                .addInitializer(TensorProto.newBuilder()
                        .setName("order")
                        .setDataType(DataType.INT64_VALUE)
                        .addDims(classes.size())
                        .addAllInt64Data(classes.stream()
                                .map(name -> (long) all.indexOf(name))
                                .toList()))
                .addNode(NodeProto.newBuilder()
                        .setOpType("Gather")
                        .addInput("scores")
                        .addInput("order")
                        .addOutput("ordered")
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("axis")
                                .setType(AttributeType.INT)
                                .setI(1)))
                .addNode(NodeProto.newBuilder()
                        .setOpType("Normalizer")
                        .setDomain("ai.onnx.ml")
                        .addInput("ordered")
                        .addOutput("normalised")
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("norm")
                                .setType(AttributeType.STRING)
                                .setS(ByteString.copyFromUtf8("L1"))))
                .addNode(NodeProto.newBuilder()
                        .setOpType("ZipMap")
                        .setDomain("ai.onnx.ml")
                        .addInput("normalised")
                        .addOutput("output_probability")
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("classlabels_strings")
                                .setType(AttributeType.STRINGS)
                                .addAllStrings(classes.stream()
                                        .map(ByteString::copyFromUtf8)
                                        .toList())));
        TypeProto.Builder type = TypeProto.newBuilder();
        type.getSequenceTypeBuilder()
                .getElemTypeBuilder()
                .getMapTypeBuilder()
                .setKeyType(DataType.STRING_VALUE)
                .getValueTypeBuilder()
                .getTensorTypeBuilder()
                .setElemType(DataType.FLOAT_VALUE);
        graph.addOutput(
                ValueInfoProto.newBuilder().setName("output_probability").setType(type));
        return model.build().toByteArray();
    }

    private static Stream<String[]> rows() {
        return new String(read("logits.csv"), StandardCharsets.UTF_8).lines().map(line -> line.split(",", -1));
    }

    private static byte[] read(String name) {
        try {
            return Files.readAllBytes(path(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
