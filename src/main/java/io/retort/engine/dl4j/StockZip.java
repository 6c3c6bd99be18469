package io.retort.engine.dl4j;

import io.retort.engine.dl4j.LayerSet.UnsupportedLayerException;
import io.retort.network.Network;
import io.retort.network.Structure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Writes a network as a zip of stock DL4J layers. */
public final class StockZip {
    private StockZip() {}

    /** Why there is no such zip of a structure; empty where there is one. */
    public static Optional<String> obstacle(Structure structure) {
        NativeBackend.configure();
        try {
            plan(structure);
            return Optional.empty();
        } catch (UnsupportedLayerException e) {
            return Optional.of(e.getMessage());
        }
    }

    /**
     * Writes the zip, with a softmax output, so that DL4J's {@code ModelSerializer} loads it without Retort. The model
     * takes scaled features, as {@link Dl4jNetwork#logits} does, and gives probabilities.
     *
     * @throws UnsupportedLayerException where there is an {@link #obstacle}
     */
    public static void write(Network network, OutputStream out) throws IOException {
        NativeBackend.configure();
        GraphPlan plan = plan(network.structure());
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        ModelSerializer.writeModel(Dl4jNetwork.withParameters(network, plan).graph(), zip, false);
        copyWithoutTimes(zip.toByteArray(), out);
    }

    private static GraphPlan plan(Structure structure) {
        return GraphPlan.of(
                structure,
                LayerSet.STOCK,
                new GraphPlan.Training(new NoOp(), 0),
                new org.deeplearning4j.nn.conf.layers.LossLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .build(),
                List.of());
    }

    /** DL4J stamps each entry with the present time, but the same network is to give the same bytes. */
    private static void copyWithoutTimes(byte[] zip, OutputStream out) throws IOException {
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
            ZipOutputStream copy = new ZipOutputStream(out);
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                ZipEntry timeless = new ZipEntry(entry.getName());
                timeless.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0)); // the first that a zip can hold
                copy.putNextEntry(timeless);
                in.transferTo(copy);
                copy.closeEntry();
            }
            copy.finish(); // not closed: the stream is the caller's
        }
    }
}
