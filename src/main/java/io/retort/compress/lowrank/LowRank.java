package io.retort.compress.lowrank;

import io.retort.compress.Compressed;
import io.retort.compress.Compressed.LayerChange;
import io.retort.compress.Compressor;
import io.retort.compress.Compressor.UnreachableException;
import io.retort.compress.CompressorSettings;
import io.retort.compress.CompressorSettings.AccuracyConstraint;
import io.retort.compress.PossibleStructures;
import io.retort.compress.lowrank.Factorizer.Factor;
import io.retort.config.SettingException;
import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import io.retort.network.Layer;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Structure.Node;
import io.retort.network.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Replaces convolutions and dense layers by products of thinner ones. The last of a product takes the layer's name and
 * its bias.
 *
 * <p>A layer is left as it is where the product would have as many MACs or parameters as the layer, and the report says
 * so. Depthwise convolutions are always left.
 */
public final class LowRank implements Compressor {
    /**
     * How convolutions are factored; dense layers, and convolutions of one pixel, are always cut in two by their
     * channels.
     */
    public enum Method {
        SPATIAL,
        CHANNEL,
        TUCKER,
        POLYADIC
    }

    /** The criterion of ranks. */
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
            long seed,
            Optional<List<LossSettings>> losses,
            AccuracyConstraint floor)
            implements CompressorSettings {
        public Settings {
            except = List.copyOf(except);
            losses = losses.map(List::copyOf);
            if (!(keep > 0 && keep <= 1)) {
                throw new SettingException("keep", "must be in (0, 1], was " + keep);
            }
            if (method == Method.POLYADIC && (rankBy == RankBy.ENERGY || rankBy == RankBy.EVBMF)) {
                throw new SettingException(
                        "rank-by",
                        "must be ratio or macs for method polyadic, which has no singular values, was "
                                + rankBy.name().toLowerCase(Locale.ROOT));
            }
        }

        @Override
        public Map<String, String> idle() {
            Map<String, String> idle = new HashMap<>(CompressorSettings.super.idle());
            if (rankBy == RankBy.EVBMF) {
                idle.put("keep", "rank-by is evbmf, which finds each rank by itself");
            }
            return idle;
        }

        @Override
        public Compressor create() {
            return new LowRank(this);
        }

        @Override
        public List<String> layers(Structure structure) {
            return structure.nodes().stream()
                    .filter(LowRank::isFactorable)
                    .map(Node::name)
                    .toList();
        }

        @Override
        public String verb() {
            return "may be factored";
        }

        /**
         * Ranks by ratio and by MACs follow from the settings alone. By others, any layer may become a product, and any
         * may be left.
         */
        @Override
        public PossibleStructures effect(Structure structure) {
            boolean known = rankBy == RankBy.RATIO || rankBy == RankBy.MACS;
            Map<String, Factorization> products = new LinkedHashMap<>();
            places(Network.initialised(structure, 0)).forEach((name, place) -> {
                products.put(name, known ? Factorization.of(this, place, 0) : Factorization.least(this, place));
            });
            requireOneThatPays(products);
            List<Node> nodes = new ArrayList<>();
            for (Node node : structure.nodes()) {
                Factorization product = products.get(node.name());
                if (product != null && product.pays()) {
                    nodes.addAll(chain(node, product.forms(), structure));
                } else {
                    nodes.add(node);
                }
            }
            Structure factored = structure.withNodes(nodes);
            return known ? PossibleStructures.of(factored) : PossibleStructures.like(factored, structure);
        }

        private void requireOneThatPays(Map<String, Factorization> products) {
            if (products.values().stream().noneMatch(Factorization::pays)) {
                throw new UnreachableException(
                        "keep",
                        keep + " leaves every layer as it is: "
                                + products.entrySet().stream()
                                        .map(entry -> entry.getKey() + " is "
                                                + entry.getValue().words())
                                        .toList()
                                + "; choose another keep or rank-by, or name fewer layers in except");
            }
        }

        /** The layers that are to be factored, by name, in the order of the network. */
        Map<String, WeightedLayer> places(Network network) {
            Map<String, Shape> shapes = network.structure().shapes();
            Map<String, WeightedLayer> places = new LinkedHashMap<>();
            for (Node node : network.structure().nodes()) {
                if (isFactorable(node) && !except.contains(node.name())) {
                    places.put(
                            node.name(),
                            new WeightedLayer(
                                    node.layer(),
                                    network.parameter(node.parameter("weight")),
                                    shapes.get(node.inputs().get(0)),
                                    shapes.get(node.name())));
                }
            }
            return places;
        }
    }

    private final Settings settings;

    private LowRank(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Compressed compress(Network network, Compressor.Context context) {
        List<Node> nodes = new ArrayList<>();
        Map<String, Tensor> parameters = new LinkedHashMap<>(network.parameters());
        List<LayerChange> changes = new ArrayList<>();
        Structure structure = network.structure();
        Map<String, WeightedLayer> places = settings.places(network);
        Map<String, Factorization> products = new LinkedHashMap<>();
        places.forEach((name, place) -> products.put(name, Factorization.of(settings, place, context.seed())));
        settings.requireOneThatPays(products);
        for (Node node : structure.nodes()) {
            Optional<Factorization> product = Optional.ofNullable(products.get(node.name()));
            if (product.isPresent() && product.get().pays()) {
                List<Factor> pieces = product.get().pieces();
                List<Node> chain = chain(node, product.get().forms(), structure);
                for (int i = 0; i < pieces.size(); i++) {
                    parameters.put(
                            chain.get(i).parameter("weight"), pieces.get(i).weight());
                }
                nodes.addAll(chain);
                WeightedLayer place = places.get(node.name());
                double error = Kernel.of(pieces, place.inputs()).relativeErrorOf(place.weight());
                changes.add(new LayerChange(node.name(), product.get().words(), OptionalDouble.of(error)));
            } else {
                nodes.add(node);
                product.ifPresent(left -> changes.add(LayerChange.of(node.name(), left.words())));
            }
        }
        Network factored = new Network(structure.withNodes(nodes), parameters);
        return Compressed.of(factored, context, changes);
    }

    /**
     * A product in a layer's place. Its layers have names that the structure has not, which it may have from an earlier
     * product.
     */
    private static List<Node> chain(Node node, List<Factor.Form> forms, Structure structure) {
        Set<String> taken = structure.nodes().stream().map(Node::name).collect(Collectors.toSet());
        List<Node> nodes = new ArrayList<>();
        List<String> inputs = node.inputs();
        for (Factor.Form form : forms) {
            String name = node.name() + form.suffix();
            for (int number = 2; !form.suffix().isEmpty() && taken.contains(name); number++) {
                name = node.name() + form.suffix() + number;
            }
            nodes.add(new Node(name, form.layer(), inputs));
            inputs = List.of(name);
        }
        return nodes;
    }

    private static boolean isFactorable(Node node) {
        return node.layer() instanceof Layer.Conv || node.layer() instanceof Layer.Dense;
    }
}
