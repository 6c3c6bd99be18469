package io.retort.run.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.distill.Trainer.TrainingCurve;
import io.retort.distill.Trainer.TrainingResult;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.Shape;
import io.retort.network.zoo.PlainNetwork.Mlp;
import io.retort.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkStoreTest {
    private static final TrainingCurve CURVE = new TrainingCurve(List.of(1.0 / 3, 0.25), List.of(0.01, 0.005));

    private final Storage storage = Storage.of(new Configuration());
    private final Network network = Network.initialised(new Mlp(List.of(2)).build(Shape.vector(3), 2), 1);
    private NetworkStore store;

    @BeforeEach
    void open(@TempDir java.nio.file.Path root) {
        store = new NetworkStore(storage, new Path(root.toString()));
    }

    @Test
    void aNetworkComesWithItsCurve() {
        store.write("f", new TrainingResult(network, CURVE));
        assertThat(store.find("f").orElseThrow().curve()).isEqualTo(CURVE);
        assertThat(store.find("other")).isEmpty();
    }

    @Test
    void aNetworkOfAnEarlierVersionComesWithoutOne() {
        NetworkFiles.write(network, storage, store.path("f"));
        assertThat(store.find("f").orElseThrow().curve()).isEqualTo(TrainingCurve.none());
    }

    @Test
    void aDamagedCurveIsNone() {
        for (String damaged : List.of(
                "", "{\"losses\":[0.1", "{}", "[]", "{\"losses\":[1,2],\"learningRates\":[1]}", "{\"losses\":null}")) {
            store.write("f", new TrainingResult(network, CURVE));
            storage.write(new Path(store.path("f"), "curve.json"), damaged.getBytes(StandardCharsets.UTF_8));
            assertThat(store.find("f").orElseThrow().curve()).isEqualTo(TrainingCurve.none());
        }
    }

    /** A killed driver leaves a curve without a network, and that is no network. */
    @Test
    void theNetworkIsWrittenLast() {
        store.write("f", new TrainingResult(network, CURVE));
        storage.delete(new Path(store.path("f"), NetworkFiles.STRUCTURE));
        assertThat(store.find("f")).isEmpty();
    }
}
