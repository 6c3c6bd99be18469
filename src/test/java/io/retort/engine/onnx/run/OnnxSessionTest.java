package io.retort.engine.onnx.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.retort.engine.onnx.write.OnnxModel;
import io.retort.network.Network;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import io.retort.network.ShapeException;
import io.retort.network.zoo.ConvNet;
import io.retort.storage.ArtifactException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class OnnxSessionTest {
    private static final Shape SHAPE = Shape.image(2, 8, 8);
    private static final Network NETWORK =
            RandomNetworks.of(new ConvNet(List.of("cbr8", "max", "dws8")).build(SHAPE, 3), 1);
    private static final byte[] MODEL = OnnxModel.bytes(NETWORK, List.of("a", "b", "c"), Map.of());

    @Test
    void givesEachSampleItsLogitsWhateverTheBatch() {
        float[] features = RandomNetworks.pixels(SHAPE, 9, 2);
        try (OnnxSession session = OnnxSession.open(MODEL, 2)) {
            float[] together = session.logits(features, 9);
            for (int batch : new int[] {1, 4, 9, 2}) {
                float[] some = session.logits(features, batch);
                assertThat(some).hasSize(3 * batch);
                for (int i = 0; i < some.length; i++) {
                    assertThat(some[i]).isCloseTo(together[i], org.assertj.core.data.Offset.offset(1e-4f));
                }
            }
        }
    }

    @Test
    void servesManyThreadsAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (OnnxSession session = OnnxSession.open(MODEL, 1)) {
            List<Future<Boolean>> agreed = new ArrayList<>();
            for (int task = 0; task < 200; task++) {
                int batch = 1 + task % 5;
                float[] features = RandomNetworks.pixels(SHAPE, batch, task);
                float[] alone = session.logits(features, batch);
                Callable<Boolean> again = () -> Arrays.equals(session.logits(features, batch), alone);
                agreed.add(threads.submit(again));
            }
            for (Future<Boolean> each : agreed) {
                assertThat(each.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void refusesFeaturesThatAreTooFewAndCallsAfterClosing() {
        OnnxSession session = OnnxSession.open(MODEL, 1);
        assertThatThrownBy(() -> session.logits(new float[255], 2))
                .isInstanceOf(ShapeException.class)
                .hasMessage("255 features do not hold a batch of 2 samples of [2, 8, 8]");
        assertThatThrownBy(() -> session.logits(new float[255], 0)).isInstanceOf(ShapeException.class);
        session.close();
        session.close();
        assertThatThrownBy(() -> session.logits(new float[128], 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the ONNX session is closed");
    }

    @Test
    void refusesEveryTruncation() {
        for (int length = 0; length < MODEL.length; length += 97) {
            byte[] part = Arrays.copyOf(MODEL, length);
            assertThatThrownBy(() -> OnnxSession.open(part, 1)).isInstanceOf(ArtifactException.class);
        }
        assertRefused(new byte[0], "0 bytes are not an ONNX model, or one without a graph");
        assertRefused(new byte[] {1, 2, 3}, "3 bytes are not an ONNX model, or a damaged one");
    }

    @Test
    void survivesFlippedBytes() {
        for (int at = 0; at < MODEL.length; at += 41) {
            byte[] flipped = MODEL.clone();
            flipped[at] ^= (byte) 0xff;
            try (OnnxSession session = OnnxSession.open(flipped, 1)) {
                assertThat(session.classes()).isPositive();
            } catch (ArtifactException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    @Test
    void refusesValuesOutsideOfTheFileWhereverTheyAre() {
        TensorProto outside = TensorProto.newBuilder()
                .setName("secret")
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addDims(1)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue("/etc/passwd"))
                .build();
        String message = "tensor 'secret' is stored outside of the ONNX file; save the model with its weights inside";
        ModelProto.Builder initialiser = model();
        initialiser.getGraphBuilder().addInitializer(outside);
        assertRefused(initialiser.build().toByteArray(), message);

        AttributeProto constant = AttributeProto.newBuilder()
                .setName("value")
                .setType(AttributeProto.AttributeType.TENSOR)
                .setT(outside)
                .build();
        NodeProto node = NodeProto.newBuilder()
                .setOpType("Constant")
                .addOutput("x")
                .addAttribute(constant)
                .build();
        ModelProto.Builder nested = model();
        nested.getGraphBuilder()
                .addNode(NodeProto.newBuilder()
                        .setOpType("If")
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("then_branch")
                                .setType(AttributeProto.AttributeType.GRAPH)
                                .setG(model().getGraphBuilder().addNode(node))));
        assertRefused(nested.build().toByteArray(), message);
    }

    @Test
    void refusesAnUnknownOperator() {
        ModelProto.Builder model = model();
        model.getGraphBuilder().getNodeBuilder(0).setOpType("Explode");
        assertThatThrownBy(() -> OnnxSession.open(model.build().toByteArray(), 1))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith("ONNX Runtime does not take the model: ")
                .hasMessageContaining("Explode");
    }

    @Test
    void refusesAFixedBatch() {
        ModelProto.Builder model = model();
        model.getGraphBuilder()
                .getInputBuilder(0)
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .getDimBuilder(0)
                .setDimValue(4);
        assertThatThrownBy(() -> OnnxSession.open(model.build().toByteArray(), 1))
                .isInstanceOf(ArtifactException.class)
                .hasMessageStartingWith("the ONNX model's input 'input' is TensorInfo(")
                .hasMessageEndingWith("; it must be a float32 tensor whose first size, the batch, is open");
    }

    @Test
    void refusesASecondOutput() {
        ModelProto.Builder model = model();
        model.getGraphBuilder()
                .addOutput(model.getGraph().getOutput(0).toBuilder().setName("average"));
        assertRefused(
                model.build().toByteArray(), "the ONNX model has the outputs [logits, average]; it must have one");
    }

    private static void assertRefused(byte[] model, String message) {
        assertThatThrownBy(() -> OnnxSession.open(model, 1))
                .isInstanceOf(ArtifactException.class)
                .hasMessage(message);
    }

    private static ModelProto.Builder model() {
        try {
            return ModelProto.parseFrom(MODEL).toBuilder();
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }
}
