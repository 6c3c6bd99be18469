package io.retort.compress.lowrank;

import io.retort.compress.Compressed;
import io.retort.compress.CompressionContext;
import io.retort.compress.Compressor;
import io.retort.compress.CompressorSettings;
import io.retort.compress.Floor;
import io.retort.compress.LayerChange;
import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import io.retort.network.Layer;
import io.retort.network.Network;
import io.retort.network.Node;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * Replaces convolutions and dense layers by products of thinner ones. The last of a product takes the layer's name and its bias.
 *
 * <p>A layer is left as it is where the product would have as many MACs or parameters as the layer, and the report says so. Depthwise convolutions are
 * always left.
 */
public final class LowRank implements Compressor {
    /** How convolutions are factored; dense layers, and convolutions of one pixel, are always cut in two by their channels. */
    public enum Method {
        SPATIAL,
        CHANNEL,
        TUCKER,
        POLYADIC
    }

    /** What determines ranks. */
    public enum RankBy {
        /** The part {@code keep} of the full rank. */
        RATIO,
        /** The least that hold the part {@code keep} of the sum of squared singular values. */
        ENERGY,
        /** Those that are more than noise; {@code keep} does not matter. */
        EVBMF,
        /** The greatest that need no more than the part {@code keep} of the layer's MACs. */
        MACS
    }

    /** Kind {@code low-rank}. */
    public record Settings(
            Method method,
            RankBy rankBy,
            double keep,
            List<String> except,
            TrainingSettings training,
            Optional<List<LossSettings>> losses,
            Floor floor)
            implements CompressorSettings {
        public Settings {
            except = List.copyOf(except);
            losses = losses.map(List::copyOf);
            if (!(keep > 0 && keep <= 1)) {
                throw new IllegalArgumentException("keep must be in (0, 1], was " + keep);
            }
            if (method == Method.POLYADIC && (rankBy == RankBy.ENERGY || rankBy == RankBy.EVBMF)) {
                throw new IllegalArgumentException(
                        "rank-by must be ratio or macs for method polyadic, which has no singular values, was "
                                + rankBy.name().toLowerCase(Locale.ROOT));
            }
        }

        @Override
        public Compressor create() {
            return new LowRank(this);
        }
    }

    private final Settings settings;

    private LowRank(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Compressed compress(Network network, CompressionContext context) {
        Map<String, Shape> shapes = network.structure().shapes();
        requireKnown(network);
        List<Node> nodes = new ArrayList<>();
        Map<String, Tensor> parameters = new LinkedHashMap<>(network.parameters());
        List<LayerChange> changes = new ArrayList<>();
        for (Node node : network.structure().nodes()) {
            boolean product = false;
            if (isFactorable(node) && !settings.except().contains(node.name())) {
                Place place = new Place(
                        node.layer(),
                        network.parameter(node.parameter("weight")),
                        shapes.get(node.inputs().get(0)),
                        shapes.get(node.name()));
                Product result = product(place, context.seed());
                changes.add(result.change(node.name(), place));
                product = result.pays(place);
                if (product) {
                    insert(node, result.pieces(), nodes, parameters);
                }
            }
            if (!product) {
                nodes.add(node);
            }
        }
        Structure structure = network.structure();
        Network factored = new Network(new Structure(structure.input(), structure.scaling(), nodes), parameters);
        return Compressed.of(factored, context, changes);
    }

    private void requireKnown(Network network) {
        List<String> names = network.structure().nodes().stream()
                .filter(LowRank::isFactorable)
                .map(Node::name)
                .toList();
        for (String name : settings.except()) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException(
                        "except names '" + name + "', layers that may be factored are " + names);
            }
        }
    }

    private static boolean isFactorable(Node node) {
        return node.layer() instanceof Layer.Conv || node.layer() instanceof Layer.Dense;
    }

    private static void insert(Node node, List<Piece> pieces, List<Node> nodes, Map<String, Tensor> parameters) {
        List<String> inputs = node.inputs();
        for (Piece piece : pieces) {
            Node next = new Node(node.name() + piece.suffix(), piece.layer(), inputs);
            nodes.add(next);
            parameters.put(next.parameter("weight"), piece.weight());
            inputs = List.of(next.name());
        }
    }

    /** A product that may take a layer's place; without pieces where no rank is low enough. */
    private record Product(List<Integer> ranks, List<Integer> fullRanks, long macs, List<Piece> pieces) {
        long weights() {
            return pieces.stream()
                    .mapToLong(piece -> piece.weight().values().length)
                    .sum();
        }

        boolean pays(Place place) {
            return !pieces.isEmpty()
                    && macs < place.macs()
                    && weights() < place.weight().values().length;
        }

        LayerChange change(String name, Place place) {
            String rank = "rank " + text(ranks) + " of " + text(fullRanks);
            if (pieces.isEmpty()) {
                return LayerChange.of(name, "left: even rank 1 takes more than " + place.macs() + " MACs allow");
            }
            if (!pays(place)) {
                return LayerChange.of(
                        name,
                        String.format(
                                Locale.ROOT,
                                "left: %s would take %,d MACs and %,d weights instead of %,d and %,d",
                                rank,
                                macs,
                                weights(),
                                place.macs(),
                                place.weight().values().length));
            }
            String change = String.format(Locale.ROOT, "%s, %,d of %,d MACs", rank, macs, place.macs());
            return new LayerChange(
                    name,
                    change,
                    OptionalDouble.of(Kernel.of(pieces, place.inputs()).relativeErrorOf(place.weight())));
        }

        private static String text(List<Integer> ranks) {
            return ranks.stream().map(String::valueOf).collect(Collectors.joining("x"));
        }
    }

    private Product product(Place place, long seed) {
        Factorizer factorizer = factorizer(place, seed);
        List<Integer> full = factorizer.fullRanks();
        Optional<List<Integer>> ranks = ranks(factorizer, place);
        if (ranks.isEmpty()) {
            return new Product(List.of(), full, 0, List.of());
        }
        long macs = factorizer.macs(ranks.get());
        return new Product(ranks.get(), full, macs, factorizer.pieces(ranks.get()));
    }

    private Factorizer factorizer(Place place, long seed) {
        if (place.kernelArea() == 1) {
            return new ChannelFactorizer(place);
        }
        return switch (settings.method()) {
            case SPATIAL -> new SpatialFactorizer(place);
            case CHANNEL -> new ChannelFactorizer(place);
            case TUCKER -> new TuckerFactorizer(place);
            case POLYADIC -> new PolyadicFactorizer(place, seed);
        };
    }

    private Optional<List<Integer>> ranks(Factorizer factorizer, Place place) {
        double keep = settings.keep();
        return switch (settings.rankBy()) {
            case RATIO -> Optional.of(part(factorizer.fullRanks(), keep));
            case ENERGY ->
                Optional.of(factorizer.spectra().stream()
                        .map(spectrum -> spectrum.rankOfEnergy(keep))
                        .toList());
            case EVBMF ->
                Optional.of(factorizer.spectra().stream()
                        .map(spectrum ->
                                Math.max(1, Evbmf.rank(spectrum.values(), spectrum.rows(), spectrum.columns())))
                        .toList());
            case MACS -> greatest(factorizer, (long) (keep * place.macs()));
        };
    }

    private static List<Integer> part(List<Integer> full, double part) {
        return full.stream()
                .map(rank -> Math.max(1, (int) Math.round(part * rank)))
                .toList();
    }

    /** The greatest ranks, all the same part of the full ones, that take no more MACs. */
    private static Optional<List<Integer>> greatest(Factorizer factorizer, long macs) {
        List<Integer> full = factorizer.fullRanks();
        int parts = full.stream().mapToInt(Integer::intValue).max().orElseThrow();
        Optional<List<Integer>> greatest = Optional.empty();
        for (int part = 1; part <= parts; part++) {
            List<Integer> ranks = part(full, (double) part / parts);
            if (factorizer.macs(ranks) > macs) {
                break;
            }
            greatest = Optional.of(ranks);
        }
        return greatest;
    }
}
