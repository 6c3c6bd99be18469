package io.retort.distill;

import io.retort.distill.Trainer.TrainingCurve;
import io.retort.engine.TrainableNetwork.TrainingState;
import io.retort.network.Tensor;
import io.retort.network.TensorFile;
import io.retort.storage.ArtifactException;
import io.retort.storage.Digest;
import io.retort.storage.Storage;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/** The state of a training, from which it continues after its driver was killed. */
final class Checkpoint {
    private static final String DIGEST = "digest";
    private static final String LOSSES = "losses";
    private static final String RATES = "learning-rates";
    private static final String LOSS_SUMS = "loss-sums";

    private final Storage storage;
    private final Path path;
    private final Engine engine;

    /** @param engine whose states it holds: one that orders parameters in another way finds none here */
    Checkpoint(Storage storage, Path path, Engine engine) {
        this.storage = storage;
        this.path = path;
        this.engine = engine;
    }

    /**
     * A state with the curve of the epochs behind it.
     *
     * @param lossSums of each lane's rows in the epoch that has begun; none where a checkpoint is always of whole
     *     epochs
     */
    record Entry(TrainingState state, TrainingCurve curve, List<Double> lossSums) {
        Entry {
            lossSums = List.copyOf(lossSums);
        }

        Entry(TrainingState state, TrainingCurve curve) {
            this(state, curve, List.of());
        }

        /** Before the first step. */
        static Entry start(TrainingState state, int lanes) {
            return new Entry(state, TrainingCurve.none(), Collections.nCopies(lanes, 0.0));
        }
    }

    void write(Entry entry) {
        Map<String, Tensor> tensors = Map.of(
                "parameters", tensor(entry.state().parameters()),
                "updater", tensor(entry.state().updaterState()));
        Map<String, String> metadata = Map.of(
                LOSSES,
                text(entry.curve().losses()),
                RATES,
                text(entry.curve().learningRates()),
                LOSS_SUMS,
                text(entry.lossSums()),
                "iteration",
                Long.toString(entry.state().iteration()),
                DIGEST,
                digest(entry));
        new TensorFile(tensors, metadata).write(storage, path);
    }

    /** The last entry; empty where there is none, or none that can be used. */
    Optional<Entry> read() {
        if (!storage.exists(path)) {
            return Optional.empty();
        }
        try {
            TensorFile saved = TensorFile.read(storage, path);
            if (!saved.tensors().keySet().equals(Set.of("parameters", "updater"))) {
                return Optional.empty();
            }
            TrainingState state = new TrainingState(
                    saved.tensors().get("parameters").values(),
                    saved.tensors().get("updater").values(),
                    Long.parseLong(saved.metadata().get("iteration")));
            Entry entry = new Entry(
                    state,
                    new TrainingCurve(numbers(saved.metadata(), LOSSES), numbers(saved.metadata(), RATES)),
                    numbers(saved.metadata(), LOSS_SUMS));
            return Optional.of(entry)
                    .filter(read -> digest(read).equals(saved.metadata().get(DIGEST)));
        } catch (ArtifactException | IllegalArgumentException e) {
            return Optional.empty(); // training starts again, which costs time and no correctness
        }
    }

    /** {@link #read()} of a training of so many lanes. */
    Optional<Entry> read(int lanes) {
        return read().filter(entry -> entry.lossSums().size() == lanes);
    }

    void delete() {
        storage.delete(path);
    }

    /** Not every file system keeps checksums, and a number that was changed would be trained on. */
    private String digest(Entry entry) {
        Digest digest = new Digest()
                .add(text(entry.curve().losses()))
                .add(text(entry.curve().learningRates()))
                .add(text(entry.lossSums()))
                .add(entry.state().iteration())
                .add(entry.state().parameters())
                .add(entry.state().updaterState());
        engine.stateOrder().ifPresent(digest::add);
        return digest.hex();
    }

    /** With all digits, so that a resumed training has the same curve. */
    private static String text(List<Double> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    /** @throws IllegalArgumentException where it is missing, as in checkpoints of earlier versions */
    private static List<Double> numbers(Map<String, String> metadata, String key) {
        String text = metadata.get(key);
        if (text == null) {
            throw new IllegalArgumentException("a checkpoint must have " + key);
        }
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(" ", -1)).map(Double::valueOf).toList();
    }

    private static Tensor tensor(float[] values) {
        return new Tensor(List.of(values.length), values);
    }
}
