package io.retort.engine.onnx.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.retort.engine.onnx.ForeignTeachers;
import io.retort.engine.onnx.run.ForeignModel.GraphFacts;
import io.retort.storage.ArtifactException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that somebody made badly, cut off, or made to do harm: each is refused with one message that names the file.
 */
class ForeignModelTest {
    @TempDir
    Path folder;

    @Test
    void refusesEveryTruncation() throws IOException {
        byte[] whole = Files.readAllBytes(ForeignTeachers.path("one-file.onnx"));
        for (int length = 0; length < whole.length; length += 9973) {
            Path file = Files.write(folder.resolve("cut.onnx"), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> ForeignModel.at(file))
                    .isInstanceOf(ArtifactException.class)
                    .hasMessageStartingWith(file + ": ");
        }
    }

    @Test
    void survivesFlippedBytes() throws IOException {
        byte[] whole = Files.readAllBytes(ForeignTeachers.path("one-file.onnx"));
        for (int at = 0; at < whole.length; at += 1499) {
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) 0xff;
            Path file = Files.write(folder.resolve("flipped.onnx"), flipped);
            try (OnnxPredictor predictor = OnnxPredictor.open(ForeignModel.at(file), 1)) {
                assertThat(predictor.inputs()).isNotEmpty();
            } catch (ArtifactException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    @Test
    void refusesAFileThatIsNotThere() {
        Path missing = folder.resolve("missing.onnx");
        assertThatThrownBy(() -> ForeignModel.at(missing))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(missing + ": there is no such file");
    }

    @Test
    void refusesWeightsThatAreMissingOrCut() throws IOException {
        Path file = Files.copy(ForeignTeachers.path("two-files.onnx"), folder.resolve("two-files.onnx"));
        assertRefused(file, "its weights are in 'two-files.onnx.data'", "external_data=False");
        byte[] data = Files.readAllBytes(ForeignTeachers.path("two-files.onnx.data"));
        Files.write(folder.resolve("two-files.onnx.data"), Arrays.copyOf(data, data.length - 1));
        assertRefused(file, "truncated");
        Files.write(folder.resolve("two-files.onnx.data"), data);
        assertThat(ForeignModel.at(file).dataFiles()).containsExactly("two-files.onnx.data");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/etc/passwd", "../secret", "a/../../secret", "..", ".", "", "sub/data", "C:\\secret", "a\\b"})
    void refusesWeightsElsewhere(String location) throws IOException {
        assertRefused(model("elsewhere.onnx", external(location, 0, 4)), "not in the model's folder");
    }

    @Test
    void refusesALinkThatLeadsElsewhere() throws IOException {
        Path secret =
                Files.write(Files.createDirectory(folder.resolve("private")).resolve("secret"), new byte[4]);
        Path models = Files.createDirectory(folder.resolve("models"));
        Files.createSymbolicLink(models.resolve("link.data"), secret);
        assertRefused(model("models/link.onnx", external("link.data", 0, 4)), "a link to " + secret.toRealPath());
    }

    @Test
    void refusesPlacesThatAreNoNumbersOrTooMany() throws IOException {
        Files.write(folder.resolve("w"), new byte[8]);
        assertRefused(model("negative.onnx", external("w", -8, 4)), "offset");
        assertRefused(model("large.onnx", external("w", Long.MAX_VALUE, 4)), "truncated");
        assertRefused(model("other.onnx", external("w", 0, 8)), "damaged");
        ForeignModel.at(model("good.onnx", external("w", 4, 4)));
    }

    @Test
    void refusesATensorThatClaimsMoreThanItHas() throws IOException {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName("w")
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addDims(1 << 20)
                .addDims(1 << 20)
                .setRawData(ByteString.copyFrom(new byte[4]));
        assertRefused(model("claims.onnx", tensor.build()), "tensor 'w' claims the sizes");
        assertRefused(model("empty.onnx", tensor.clearRawData().build()), "tensor 'w' claims the sizes");
        assertRefused(model("overflow.onnx", tensor.addDims(1L << 40).build()), "tensor 'w' has the sizes");
    }

    @Test
    void refusesNodesThatMakeHugeTensorsOfNothing() throws IOException {
        TensorProto sizes = longs("sizes", 1 << 20, 1 << 20);
        assertBomb("ConstantOfShape", sizes, "sizes");
        assertBomb("Expand", sizes, "pixels", "sizes");
        assertBomb("Tile", sizes, "pixels", "sizes");
        assertBomb("Range", longs("sizes", 1L << 40), "zero", "sizes", "one");
        assertBomb("Resize", sizes, "pixels", "", "", "sizes");
        AttributeProto shape = AttributeProto.newBuilder()
                .setName("shape")
                .setType(AttributeProto.AttributeType.INTS)
                .addInts(1L << 40)
                .build();
        Path file = model(
                "random.onnx",
                model -> model.getGraphBuilder()
                        .addNode(NodeProto.newBuilder()
                                .setName("bomb")
                                .setOpType("RandomNormal")
                                .addOutput("x")
                                .addAttribute(shape)));
        assertRefused(file, "node 'bomb'", "memory");
    }

    private void assertBomb(String type, TensorProto sizes, String... inputs) throws IOException {
        Path file = model(
                type + ".onnx",
                model -> model.getGraphBuilder()
                        .addInitializer(sizes)
                        .addInitializer(longs("zero", 0))
                        .addInitializer(longs("one", 1))
                        .addNode(NodeProto.newBuilder()
                                .setName("bomb")
                                .setOpType(type)
                                .addAllInput(Arrays.asList(inputs))
                                .addOutput("x")));
        assertRefused(file, "node 'bomb' (" + type + ")", "memory");
    }

    @Test
    void readsTheClassesOfAForestFromItsNode() throws IOException {
        Path file = model(
                "forest.onnx",
                model -> model.getGraphBuilder()
                        .addNode(NodeProto.newBuilder()
                                .setOpType("TreeEnsembleClassifier")
                                .addAttribute(AttributeProto.newBuilder()
                                        .setName("classlabels_int64s")
                                        .setType(AttributeProto.AttributeType.INTS)
                                        .addInts(2)
                                        .addInts(0)
                                        .addInts(1))));
        assertThat(ForeignModel.at(file).facts().classLabels()).containsExactly("2", "0", "1");
    }

    @Test
    void seesNodesInTrainingModeAndRandomOnes() throws IOException {
        Path file = model(
                "training.onnx",
                model -> model.getGraphBuilder()
                        .addNode(NodeProto.newBuilder()
                                .setOpType("BatchNormalization")
                                .addAttribute(AttributeProto.newBuilder()
                                        .setName("training_mode")
                                        .setType(AttributeProto.AttributeType.INT)
                                        .setI(1)))
                        .addNode(NodeProto.newBuilder().setOpType("Bernoulli")));
        GraphFacts facts = ForeignModel.at(file).facts();
        assertThat(facts.batchDependent()).containsExactly("BatchNormalization in training mode");
        assertThat(facts.random()).containsExactly("Bernoulli");
    }

    private static void assertRefused(Path file, String... parts) {
        assertThatThrownBy(() -> ForeignModel.at(file))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContainingAll(parts);
    }

    private Path model(String name, TensorProto initializer) throws IOException {
        return model(name, model -> model.getGraphBuilder().addInitializer(initializer));
    }

    /** A teacher with something more in it. */
    private Path model(String name, Consumer<ModelProto.Builder> change) throws IOException {
        ModelProto.Builder model =
                ModelProto.parseFrom(Files.readAllBytes(ForeignTeachers.path("one-file.onnx"))).toBuilder();
        change.accept(model);
        return Files.write(folder.resolve(name), model.build().toByteArray());
    }

    /** One float in another file. */
    private static TensorProto external(String location, long offset, long length) {
        return TensorProto.newBuilder()
                .setName("w")
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addDims(1)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", location))
                .addExternalData(entry("offset", Long.toString(offset)))
                .addExternalData(entry("length", Long.toString(length)))
                .build();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private static TensorProto longs(String name, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.INT64_VALUE)
                .addDims(values.length)
                .setRawData(ByteString.copyFrom(bytes.array()))
                .build();
    }
}
