package io.retort.compress.prune;

import io.retort.compress.Compressed;
import io.retort.compress.Compressed.LayerChange;
import io.retort.compress.Compressor;
import io.retort.compress.Compressor.UnreachableException;
import io.retort.compress.CompressorSettings;
import io.retort.compress.CompressorSettings.AccuracyConstraint;
import io.retort.compress.PossibleStructures;
import io.retort.compress.prune.Importance.FilterImportance;
import io.retort.config.SettingException;
import io.retort.distill.TrainingSettings;
import io.retort.distill.loss.LossSettings;
import io.retort.evaluate.Task;
import io.retort.network.Network;
import io.retort.network.Structure;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Cuts the least important channels out of a network, so that it is smaller and faster anywhere.
 *
 * <p>In n steps, the part that is gone after step t is {@code ratio · t / n} of what the network had before the first.
 */
public final class ChannelPruning implements Compressor {
    /** The quantity of which a ratio goes. */
    public enum Target {
        CHANNELS,
        MACS,
        /** Those that are trained. */
        PARAMETERS,
        /**
         * The median time of one sample in ONNX Runtime, on one thread of the driver. It is measured, so that another
         * run may cut a little more or less.
         */
        LATENCY
    }

    /** The channels that are compared with each other. */
    public enum Scope {
        /** All of the network, each in relation to the mean of its group: some groups lose more than others. */
        GLOBAL,
        /** Those of each group: each loses the same part. */
        LAYER,
        /** Those of each group: each loses what it can spare, by a {@link SensitivityScan} before each step. */
        SENSITIVITY
    }

    /** The criterion of importance. */
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
                case BATCH_NORM_SCALE -> new Importance.OfScales();
                case TAYLOR -> new TaylorImportance();
                case RANDOM -> Importance.random();
            };
        }
    }

    /**
     * Kind {@code prune-channels}.
     *
     * @param ratio the part that goes
     * @param scan for the scope {@code sensitivity}
     * @param minChannels that each group keeps at least
     * @param multiple of which the channels that are kept are one, where the group has so many
     * @param except layers that keep all channels, and those that come and go with theirs
     */
    public record Settings(
            double ratio,
            Target target,
            Scope scope,
            SensitivityScan.Settings scan,
            Measure importance,
            int minChannels,
            int multiple,
            int steps,
            List<String> except,
            TrainingSettings training,
            long seed,
            Optional<List<LossSettings>> losses,
            AccuracyConstraint floor)
            implements CompressorSettings {
        public Settings {
            except = List.copyOf(except);
            losses = losses.map(List::copyOf);
            if (!(ratio > 0 && ratio < 1)) {
                throw new SettingException("ratio", "must be in (0, 1), was " + ratio + "; 1 would leave no channel");
            }
            SettingException.requirePositive("min-channels", minChannels);
            SettingException.requirePositive("multiple", multiple);
            SettingException.requirePositive("steps", steps);
        }

        @Override
        public boolean measuresLatency() {
            return target == Target.LATENCY;
        }

        @Override
        public Optional<String> labelsFor(io.retort.data.Target data) {
            if (importance == Measure.TAYLOR) {
                return Optional.of("importance");
            }
            return scope == Scope.SENSITIVITY && Task.of(data).needsLabels() ? Optional.of("scope") : Optional.empty();
        }

        @Override
        public Map<String, String> idle() {
            Map<String, String> idle = new HashMap<>(CompressorSettings.super.idle());
            if (scope != Scope.SENSITIVITY) {
                idle.put("scan", "scope is " + scope.name().toLowerCase(Locale.ROOT) + ", which scans nothing");
            }
            return idle;
        }

        @Override
        public Compressor create() {
            return new ChannelPruning(this);
        }

        @Override
        public List<String> layers(Structure structure) {
            return ChannelDependencies.of(structure).groups().stream()
                    .flatMap(group -> group.producers().stream())
                    .distinct()
                    .toList();
        }

        @Override
        public String verb() {
            return "may be cut";
        }

        /** The settings alone decide where each group loses the same part, and nothing is measured. */
        @Override
        public PossibleStructures effect(Structure structure) {
            ChannelDependencies layout = ChannelDependencies.of(structure);
            List<ChannelDependencies.Group> groups = groups(structure, layout);
            BudgetSearch.Candidates candidates = ChannelChoice.ofEqualChannels(this, groups);
            BudgetSearch search = new BudgetSearch(this, structure, layout, candidates);
            boolean measured = target == Target.LATENCY;
            Set<Integer> cut = measured ? candidates.cut(candidates.count()) : search.cut(ratio, structure);
            search.requireReachable(groups, cut);
            Structure narrow = new ChannelSurgery(structure, layout, cut).structure();
            return scope == Scope.LAYER && !measured ? PossibleStructures.of(narrow) : PossibleStructures.like(narrow);
        }

        /**
         * The number of channels that a group keeps: at least the minimum, and a multiple, where it has as many.
         */
        int allowed(int wanted, int there) {
            return Math.min(there, upToMultiple(Math.max(wanted, minChannels)));
        }

        /** The minimum of a group that has as many. */
        int leastChannels() {
            return upToMultiple(minChannels);
        }

        /** The advice where the ratio is too great. */
        String remedy() {
            return multiple == 1 ? "lower ratio or min-channels" : "lower ratio, min-channels or multiple";
        }

        private int upToMultiple(int channels) {
            return (channels + multiple - 1) / multiple * multiple;
        }

        /** The most channels that a group can lose. */
        int most(int there) {
            return there - allowed(0, there);
        }

        /** Those that may be cut. */
        List<ChannelDependencies.Group> groups(Structure structure, ChannelDependencies layout) {
            List<ChannelDependencies.Group> groups = layout.groups().stream()
                    .filter(group -> group.producers().stream().noneMatch(except::contains))
                    .toList();
            if (groups.isEmpty()) {
                throw new UnreachableException(
                        "ratio",
                        ratio
                                + " cannot be cut: every layer makes logits, adds to the input, is in except, or has"
                                + " channels whose place counts, as groups, slices, shuffles and shifts have them");
            }
            importance.importance().requireScores(structure, layout, groups);
            return groups;
        }
    }

    private final Settings settings;

    private ChannelPruning(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Compressed compress(Network network, Compressor.Context context) {
        Structure structure = network.structure();
        ChannelDependencies layout = ChannelDependencies.of(structure);
        List<ChannelDependencies.Group> groups = settings.groups(structure, layout);
        Map<List<String>, Integer> before = ChannelDependencies.of(
                        context.original().structure())
                .groups()
                .stream()
                .collect(Collectors.toMap(
                        ChannelDependencies.Group::producers,
                        group -> group.units().size()));
        Map<Integer, Double> scores = settings.importance().importance().scores(network, layout, context);
        List<SensitivityScan.Curve> curves = settings.scope() == Scope.SENSITIVITY
                ? new SensitivityScan(settings, groups, scores).curves(network, context)
                : List.of();
        BudgetSearch.Candidates candidates = settings.scope() == Scope.SENSITIVITY
                ? new SensitivityChoice(
                        settings,
                        curves,
                        groups.stream()
                                .mapToInt(group -> before.get(group.producers()))
                                .sum())
                : new ChannelChoice(settings, groups, before, scores);
        double ratio = settings.ratio() * context.progress();
        Set<Integer> cut = new BudgetSearch(settings, structure, layout, candidates)
                .cut(ratio, context.original().structure());
        Network narrow = new ChannelSurgery(structure, layout, cut).network(network);
        List<LayerChange> changes = groups.stream()
                .map(group -> LayerChange.of(
                        group.name(),
                        group.units().stream()
                                        .filter(unit -> !cut.contains(unit))
                                        .count() + " of " + before.get(group.producers()) + " channels stay"))
                .toList();
        return Compressed.of(narrow, context, changes)
                .chosenBy(curves.stream().map(curve -> curve.chosen(cut)).toList());
    }
}
