package io.retort.compress.prune;

import io.retort.compress.Compressed;
import io.retort.compress.CompressionContext;
import io.retort.compress.Compressor;
import io.retort.compress.CompressorSettings;
import io.retort.compress.Floor;
import io.retort.compress.LayerChange;
import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import io.retort.network.Cost;
import io.retort.network.Network;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Cuts the least important channels out of a network, so that it is smaller and faster anywhere.
 *
 * <p>In n steps, the part that is gone after step t is {@code ratio · t / n} of what the network had before the first.
 */
public final class ChannelPruning implements Compressor {
    /** Tries of a part of the channels until the MACs are few enough. */
    private static final int TRIES = 512;

    /** What the ratio is of. */
    public enum Target {
        CHANNELS,
        MACS
    }

    /** Among which channels the least important are sought. */
    public enum Scope {
        /** All of the network, each in relation to the mean of its group: some groups lose more than others. */
        GLOBAL,
        /** Those of each group: each loses the same part. */
        LAYER
    }

    /** How channels are judged. */
    public enum Measure {
        L1,
        L2,
        FPGM,
        BATCH_NORM_SCALE,
        TAYLOR,
        RANDOM;

        Importance importance() {
            return switch (this) {
                case L1 -> FilterImportance.absoluteSum();
                case L2 -> FilterImportance.euclideanNorm();
                case FPGM -> FilterImportance.distanceToOthers();
                case BATCH_NORM_SCALE -> new ScaleImportance();
                case TAYLOR -> new TaylorImportance();
                case RANDOM -> new RandomImportance();
            };
        }
    }

    /**
     * Kind {@code prune-channels}.
     *
     * @param ratio the part that goes
     * @param minChannels that each group keeps at least
     * @param multiple of which the channels that are kept are one, where the group has so many
     * @param except layers that keep all channels, and those that come and go with theirs
     */
    public record Settings(
            double ratio,
            Target target,
            Scope scope,
            Measure importance,
            int minChannels,
            int multiple,
            int steps,
            List<String> except,
            TrainingSettings training,
            Optional<List<LossSettings>> losses,
            Floor floor)
            implements CompressorSettings {
        public Settings {
            except = List.copyOf(except);
            losses = losses.map(List::copyOf);
            if (!(ratio > 0 && ratio < 1)) {
                throw new IllegalArgumentException(
                        "ratio must be in (0, 1), was " + ratio + "; 1 would leave no channel");
            }
            requirePositive("min-channels", minChannels);
            requirePositive("multiple", multiple);
            requirePositive("steps", steps);
        }

        @Override
        public Compressor create() {
            return new ChannelPruning(this);
        }

        private static void requirePositive(String key, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(key + " must be at least 1, was " + value);
            }
        }
    }

    private final Settings settings;

    private ChannelPruning(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Compressed compress(Network network, CompressionContext context) {
        ChannelLayout layout = ChannelLayout.of(network.structure());
        List<ChannelLayout.Group> groups = prunable(layout);
        Map<List<String>, Integer> before = ChannelLayout.of(context.original().structure()).groups().stream()
                .collect(Collectors.toMap(
                        ChannelLayout.Group::producers, group -> group.units().size()));
        ChannelChoice choice = new ChannelChoice(
                settings, groups, before, settings.importance().importance().scores(network, layout, context));
        double ratio = settings.ratio() * context.progress();
        Set<Integer> cut = settings.target() == Target.CHANNELS
                ? choice.cut(ratio)
                : fewEnough(network, layout, choice, (1 - ratio) * macs(context.original()));
        Network narrow = new ChannelSurgery(network.structure(), layout, cut).network(network);
        List<LayerChange> changes = groups.stream()
                .map(group -> LayerChange.of(
                        group.name(),
                        group.units().stream()
                                        .filter(unit -> !cut.contains(unit))
                                        .count() + " of " + before.get(group.producers()) + " channels stay"))
                .toList();
        return Compressed.of(narrow, context, changes);
    }

    private List<ChannelLayout.Group> prunable(ChannelLayout layout) {
        List<ChannelLayout.Group> all = layout.groups();
        Set<String> names = new HashSet<>();
        all.forEach(group -> names.addAll(group.producers()));
        for (String name : settings.except()) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException(
                        "except names '" + name + "', layers that may be cut are " + new TreeSet<>(names));
            }
        }
        List<ChannelLayout.Group> groups = all.stream()
                .filter(group -> group.producers().stream().noneMatch(settings.except()::contains))
                .toList();
        if (groups.isEmpty()) {
            throw new IllegalArgumentException(
                    "there is no channel to cut: every layer makes logits, adds to the input, or is in except");
        }
        return groups;
    }

    /** What must be cut so that no more MACs than these are left. */
    private Set<Integer> fewEnough(Network network, ChannelLayout layout, ChannelChoice choice, double most) {
        long least = 0;
        for (int tried = 0; tried <= TRIES; tried++) {
            Set<Integer> cut = choice.cut((double) tried / TRIES);
            least = Cost.of(new ChannelSurgery(network.structure(), layout, cut).structure())
                    .macs();
            if (least <= most) {
                return cut;
            }
        }
        throw new IllegalArgumentException(String.format(
                Locale.ROOT,
                "ratio %s of the MACs cannot be cut: with %d channels in every group that may be cut, %,d are left, and %,d may be; lower ratio or min-channels",
                settings.ratio(),
                settings.minChannels(),
                least,
                (long) most));
    }

    private static long macs(Network network) {
        return Cost.of(network.structure()).macs();
    }
}
