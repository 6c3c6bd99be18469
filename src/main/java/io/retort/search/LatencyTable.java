package io.retort.search;

import io.retort.engine.onnx.write.OnnxModel;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.Structure;
import io.retort.run.CandidateStage;
import io.retort.run.record.HostInfo;
import io.retort.search.Pieces.Piece;
import io.retort.storage.Digest;
import io.retort.storage.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;

/**
 * The latency of networks as the sum of their {@linkplain Pieces pieces'}, in milliseconds of one sample on one thread.
 *
 * <p>Each piece is measured once on this machine and kept in the store, so a search that is resumed predicts the same
 * latencies and proposes the same candidates. With t the measured time, a network of the pieces 1 to n has
 * {@code Σ (t(withᵢ) − t(withoutᵢ)) + t(withoutₙ)}: the last term is a network's fixed price.
 */
final class LatencyTable {
    private static final String CODE = "latency-table/1";

    private final CandidateStage stage;
    private final Path file;
    private final Map<String, Double> millis = new HashMap<>();

    /** @param space an address of the space whose pieces it holds */
    LatencyTable(CandidateStage stage, String space) {
        this.stage = stage;
        String entry = "store/evaluations/"
                + new Digest().add(CODE).add(HostInfo.inference()).add(space).key() + ".json";
        stage.directory().use().announce(List.of(entry));
        this.file = new Path(stage.context().root(), entry);
        read();
    }

    /** The content of the file: times by the digests of structures. */
    record Stored(Map<String, Double> millis) {}

    private void read() {
        Json.find(stage.context().storage(), file, Stored.class).ifPresent(stored -> millis.putAll(stored.millis()));
    }

    /** The predicted latency of a network; what the table lacks is measured now. */
    synchronized double predicted(Structure network) {
        List<Piece> pieces = Pieces.of(network);
        measure(pieces);
        double sum = 0;
        for (Piece piece : pieces) {
            sum += millis.get(key(piece.with())) - millis.get(key(piece.without()));
        }
        return sum + millis.get(key(pieces.get(pieces.size() - 1).without()));
    }

    /** Measures those pieces that are not known. */
    synchronized void measure(Collection<Piece> pieces) {
        measure(
                pieces.stream()
                        .flatMap(piece -> Stream.of(piece.with(), piece.without()))
                        .distinct()
                        .toList(),
                LatencyTable::key,
                LatencyTable::alone);
    }

    /** The measured latency of each of these networks, as they are exported. */
    synchronized double[] measured(List<Structure> networks) {
        measure(networks, LatencyTable::wholeKey, structure -> stage.onnx(Network.initialised(structure, 0)));
        return networks.stream()
                .mapToDouble(network -> millis.get(wholeKey(network)))
                .toArray();
    }

    private void measure(
            Collection<Structure> structures, Function<Structure, String> key, Function<Structure, byte[]> onnx) {
        List<Structure> missing = new ArrayList<>(new LinkedHashSet<>(structures));
        missing.removeIf(structure -> millis.containsKey(key.apply(structure)));
        if (missing.isEmpty()) {
            return;
        }
        double[] times = stage.millis(missing.stream().map(onnx).toList());
        for (int i = 0; i < times.length; i++) {
            millis.put(key.apply(missing.get(i)), times[i]);
        }
        read(); // another search's times of the same things stay
        stage.context().storage().write(file, Json.file(new Stored(new TreeMap<>(millis))));
    }

    private static byte[] alone(Structure piece) {
        List<String> names =
                IntStream.range(0, piece.classes()).mapToObj(Integer::toString).toList();
        return OnnxModel.bytes(Network.initialised(piece, 0), names, Map.of());
    }

    private static String key(Structure piece) {
        return new Digest().add(NetworkFiles.structureJson(piece)).key();
    }

    private static String wholeKey(Structure network) {
        return new Digest()
                .add("whole")
                .add(NetworkFiles.structureJson(network))
                .key();
    }
}
