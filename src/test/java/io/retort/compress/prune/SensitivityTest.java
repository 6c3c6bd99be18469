package io.retort.compress.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.retort.Pictures;
import io.retort.compress.Calibration;
import io.retort.compress.CalibrationPass;
import io.retort.compress.Compressed;
import io.retort.compress.Compressed.Sensitivity;
import io.retort.compress.Compressor;
import io.retort.compress.Compressor.UnreachableException;
import io.retort.compress.Stages;
import io.retort.compress.prune.ChannelPruning.Measure;
import io.retort.compress.prune.ChannelPruning.Scope;
import io.retort.compress.prune.ChannelPruning.Target;
import io.retort.compress.quantize.LocalCalibration;
import io.retort.data.Samples;
import io.retort.data.shard.Dataset;
import io.retort.data.shard.ShardStore;
import io.retort.data.shard.TestShards;
import io.retort.network.Cost;
import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.Mask;
import io.retort.network.Network;
import io.retort.network.RandomNetworks;
import io.retort.network.Structure;
import io.retort.network.Window;
import io.retort.spark.LocalSpark;
import io.retort.storage.Storage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each group can spare, and which channels go for it. */
class SensitivityTest {
    private static final List<Samples> SHARDS = List.of(Pictures.of(48, 0), Pictures.of(48, 1000));

    private static final Structure STRUCTURE = Structure.from(Pictures.SCHEMA.shape())
            .then("a", new Layer.Conv(8, Window.same(3), Bias.NONE))
            .then("a.relu", new Layer.Activate(Layer.Activate.Function.RELU))
            .then("b", new Layer.Conv(12, Window.same(3), Bias.NONE))
            .then("b.relu", new Layer.Activate(Layer.Activate.Function.RELU))
            .then("average", new Layer.GlobalAveragePool())
            .then("logits", new Layer.Dense(Pictures.SCHEMA.classes(), Bias.PER_CHANNEL))
            .build();
    private static final Structure WIDE = Structure.from(Pictures.SCHEMA.shape())
            .then("a", new Layer.Conv(96, Window.same(3), Bias.NONE))
            .then("b", new Layer.Conv(96, Window.same(3), Bias.NONE))
            .then("average", new Layer.GlobalAveragePool())
            .then("logits", new Layer.Dense(Pictures.SCHEMA.classes(), Bias.PER_CHANNEL))
            .build();

    private static final Network NETWORK = Stages.trained(RandomNetworks.of(STRUCTURE, 1), 2);

    /** Does the work where it is asked for. */
    private static final Calibration HERE = new LocalCalibration(SHARDS);

    private static ChannelPruning.Settings settings(double ratio, Target target, int multiple) {
        return new ChannelPruning.Settings(
                ratio,
                target,
                Scope.SENSITIVITY,
                new SensitivityScan.Settings(96, List.of(0.25, 0.5, 0.75)),
                Measure.L2,
                1,
                multiple,
                1,
                List.of(),
                Stages.training(),
                0,
                Optional.empty(),
                Stages.NO_FLOOR);
    }

    private static Compressed pruned(Network network, ChannelPruning.Settings settings, Calibration calibration) {
        return settings.create().compress(network, new Compressor.Context(network, Mask.none(), 1, 1, 7, calibration));
    }

    @Test
    void aGroupOfZerosButOneIsInsensitive() {
        float[] values = NETWORK.parameter("a/weight").values().clone();
        for (int i = values.length / 8; i < values.length; i++) {
            values[i] = 0;
        }
        Network network = Stages.with(NETWORK, "a/weight", values);
        List<Sensitivity> scan =
                pruned(network, settings(0.3, Target.MACS, 1), HERE).sensitivities();
        assertThat(scan).extracting(Sensitivity::group).containsExactly("a", "b");
        assertThat(scan.get(0).points())
                .extracting(Sensitivity.Point::ratio)
                .containsExactly(0.0, 0.25, 0.5, 0.75, 0.875);
        double whole = scan.get(0).points().get(0).accuracy();
        assertThat(scan.get(0).points())
                .allSatisfy(point -> assertThat(point.accuracy()).isEqualTo(whole));
        assertThat(scan.get(0).chosen()).as("nothing is lost by it").isGreaterThanOrEqualTo(0.25);
    }

    @Test
    void betweenMeasurementsDropsLieOnALineAndNeverFall() {
        ChannelDependencies.Group group = new ChannelDependencies.Group(
                List.of("a"), IntStream.range(0, 7).boxed().toList());
        SensitivityScan.Curve curve =
                new SensitivityScan.Curve(group, group.units(), new int[] {2, 4, 6}, List.of(0.9, 0.8, 0.85, 0.5));
        // 0.1 at 2; 0.05 at 4, but it was 0.1 before; 0.4 at 6
        double[] expected = {0.05, 0.1, 0.1, 0.1, 0.25, 0.4};
        for (int channels = 1; channels <= 6; channels++) {
            assertThat(curve.drop(channels)).isCloseTo(expected[channels - 1], within(1e-12));
        }
    }

    /** Of random accuracies. */
    private static SensitivityChoice choice(ChannelPruning.Settings settings, ChannelDependencies layout, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<SensitivityScan.Curve> curves = new ArrayList<>();
        for (ChannelDependencies.Group group : layout.groups()) {
            int channels = group.units().size();
            List<Double> accuracies = random.doubles(4).boxed().toList();
            curves.add(new SensitivityScan.Curve(
                    group, group.units(), new int[] {channels / 4, channels / 2, settings.most(channels)}, accuracies));
        }
        return new SensitivityChoice(settings, curves, 20);
    }

    @Test
    void whatCostsLeastGoesFirst() {
        List<ChannelDependencies.Group> groups =
                ChannelDependencies.of(STRUCTURE).groups();
        SensitivityScan.Curve dear = new SensitivityScan.Curve(
                groups.get(0), groups.get(0).units(), new int[] {4, 7}, List.of(0.9, 0.5, 0.3));
        SensitivityScan.Curve cheap = new SensitivityScan.Curve(
                groups.get(1), groups.get(1).units(), new int[] {6, 11}, List.of(0.9, 0.89, 0.85));
        SensitivityChoice choice = new SensitivityChoice(settings(0.5, Target.MACS, 1), List.of(dear, cheap), 20);
        // The first of the dear ones costs 0.1, all of the cheap ones together 0.05.
        assertThat(choice.cut(11))
                .containsExactlyInAnyOrderElementsOf(groups.get(1).units().subList(0, 11));
        assertThat(choice.cut(12)).contains(groups.get(0).units().get(0));
        assertThat(choice.ofChannels(0.6)).hasSize(12);
    }

    private static long cost(Target target, ChannelDependencies layout, Set<Integer> cut) {
        Cost cost = Cost.of(new ChannelSurgery(STRUCTURE, layout, cut).structure());
        return target == Target.MACS ? cost.macs() : cost.trainedParameters();
    }

    @Test
    void aHigherThresholdCutsMore() {
        ChannelDependencies layout = ChannelDependencies.of(STRUCTURE);
        for (int multiple : List.of(1, 4)) {
            for (long seed = 0; seed < 20; seed++) {
                SensitivityChoice choice = choice(settings(0.5, Target.MACS, multiple), layout, seed);
                for (int number = 1; number <= choice.count(); number++) {
                    assertThat(choice.cut(number)).containsAll(choice.cut(number - 1));
                    assertThat(cost(Target.MACS, layout, choice.cut(number)))
                            .isLessThanOrEqualTo(cost(Target.MACS, layout, choice.cut(number - 1)));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Target.class,
            names = {"MACS", "PARAMETERS"})
    void targetsAreMetWithinOneChannel(Target target) {
        ChannelDependencies layout = ChannelDependencies.of(STRUCTURE);
        for (long seed = 0; seed < 20; seed++) {
            double ratio = 0.1 + 0.04 * seed;
            ChannelPruning.Settings settings = settings(ratio, target, 1);
            SensitivityChoice choice = choice(settings, layout, seed);
            Set<Integer> cut = new BudgetSearch(settings, STRUCTURE, layout, choice).cut(ratio, STRUCTURE);
            double most = (1 - ratio) * cost(target, layout, Set.of());
            assertThat((double) cost(target, layout, cut)).isLessThanOrEqualTo(most);
            assertThat((double) cost(target, layout, choice.cut(cut.size() - 1)))
                    .isGreaterThan(most);
        }
    }

    @Test
    void aPartOfTheChannelsIsMetAsFarAsMultiplesAllow() {
        ChannelDependencies layout = ChannelDependencies.of(STRUCTURE);
        for (long seed = 0; seed < 20; seed++) {
            // Of 8 and 12 channels 8 may go, which is two fours, however the thresholds of the groups lie.
            assertThat(choice(settings(0.4, Target.CHANNELS, 4), layout, seed).ofChannels(0.4))
                    .hasSize(8);
        }
    }

    /** Of a machine whose time is that of the multiplications. */
    private static BudgetSearch search(ChannelPruning.Settings settings) {
        ChannelDependencies layout = ChannelDependencies.of(WIDE);
        BudgetSearch.Candidates candidates = ChannelChoice.ofEqualChannels(settings, layout.groups());
        return new BudgetSearch(
                settings,
                WIDE,
                layout,
                candidates,
                (structure, original) ->
                        (double) Cost.of(structure).macs() / Cost.of(original).macs());
    }

    @Test
    void theTimeOfANetworkCanBeTheTarget() {
        Set<Integer> byTime = search(settings(0.5, Target.LATENCY, 1)).cut(0.5, WIDE);
        assertThat(byTime)
                .isNotEmpty()
                .isEqualTo(search(settings(0.5, Target.MACS, 1)).cut(0.5, WIDE));
    }

    @Test
    void aNetworkIsTimedBesideAnother() {
        assertThat(BudgetSearch.measuredLatency(STRUCTURE, STRUCTURE)).isPositive();
    }

    @Test
    void refusesATimeThatNoCutReaches() {
        assertThatThrownBy(() -> search(settings(0.95, Target.LATENCY, 90)).cut(0.95, WIDE))
                .isInstanceOf(UnreachableException.class)
                .hasMessageMatching(
                        "ratio 0\\.95 of the latency cannot be cut: with 90 channels in every group that may be"
                                + " cut, 0\\.\\d{3} of it is left, so that at most 0\\.\\d+ can go; lower ratio, min-channels or multiple");
    }

    @Test
    void sparkTasksMeasureWhatOneThreadDoes(@TempDir Path directory) {
        ShardStore store =
                new ShardStore(Storage.of(new Configuration()), new org.apache.hadoop.fs.Path(directory.toString()));
        Dataset dataset = new Dataset(
                Pictures.SCHEMA,
                SHARDS.stream().map(rows -> TestShards.write(store, rows)).toList());
        ChannelPruning.Settings settings = settings(0.5, Target.MACS, 1);
        Compressed here = pruned(NETWORK, settings, HERE);
        Compressed there = pruned(NETWORK, settings, new CalibrationPass(LocalSpark.context(), store, dataset));
        assertThat(there.sensitivities()).isEqualTo(here.sensitivities());
        assertThat(there.network()).isEqualTo(here.network());
    }

    @Test
    void refusesRatiosThatDoNotAscend() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SensitivityScan.Settings(10, List.of(0.5, 0.25)))
                .withMessage("ratios must ascend within (0, 1), was [0.5, 0.25]");
    }
}
