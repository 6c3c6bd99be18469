package io.retort.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.compress.Compressor.UnreachableException;
import io.retort.compress.CompressorSettings.AccuracyConstraint;
import io.retort.compress.CompressorSettings.AccuracyConstraint.OnBreak;
import io.retort.compress.PossibleStructures.Certainty;
import io.retort.compress.lowrank.LowRank;
import io.retort.compress.prune.ChannelPruning;
import io.retort.compress.prune.ChannelPruning.Measure;
import io.retort.compress.prune.ChannelPruning.Scope;
import io.retort.compress.prune.ChannelPruning.Target;
import io.retort.compress.prune.SensitivityScan;
import io.retort.compress.prune.WeightPruning;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.zoo.ConvNet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is refused of several stages before anything is trained. */
class PossibleStructuresTest {
    private static final Structure STRUCTURE =
            new ConvNet(List.of("cbr16", "max", "cbr24", "max")).build(Shape.image(1, 16, 16), 3);

    private static PossibleStructures after(CompressorSettings... stages) {
        PossibleStructures outlook = PossibleStructures.of(STRUCTURE);
        for (CompressorSettings stage : stages) {
            outlook = outlook.after(stage);
        }
        return outlook;
    }

    private static AccuracyConstraint floor(OnBreak onBreak) {
        return new AccuracyConstraint(Optional.empty(), Optional.empty(), onBreak);
    }

    private static LowRank.Settings lowRank(LowRank.RankBy rankBy, double keep, OnBreak onBreak) {
        return new LowRank.Settings(
                LowRank.Method.CHANNEL,
                rankBy,
                keep,
                List.of("logits"),
                Stages.training(),
                0,
                Optional.empty(),
                floor(onBreak));
    }

    private static ChannelPruning.Settings channels(double ratio, Scope scope, OnBreak onBreak, String... except) {
        return new ChannelPruning.Settings(
                ratio,
                Target.MACS,
                scope,
                new SensitivityScan.Settings(64, List.of(0.5)),
                Measure.L2,
                4,
                1,
                1,
                List.of(except),
                Stages.training(),
                0,
                Optional.empty(),
                floor(onBreak));
    }

    private static WeightPruning.Settings weights(String... except) {
        return new WeightPruning.Settings(
                0.5,
                WeightPruning.Scope.GLOBAL,
                1,
                List.of(except),
                Stages.training(),
                0,
                Optional.empty(),
                floor(OnBreak.STOP));
    }

    @Test
    void aMisspeltNameIsRefusedWithTheNearest() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> after(weights("block1.cnv")))
                .withMessage(
                        "except names 'block1.cnv', which is no layer that has weights; did you mean 'block1.conv'?"
                                + " those are [block1.conv, block3.conv, logits]");
    }

    @Test
    void namesThatAnEarlierStageMakesAreKnown() {
        LowRank.Settings split = lowRank(LowRank.RankBy.MACS, 0.5, OnBreak.STOP);
        assertThat(after(split, channels(0.3, Scope.LAYER, OnBreak.STOP, "block3.conv.basis"))
                        .certainty())
                .isEqualTo(Certainty.SETTINGS_DECIDE);
        assertThatThrownBy(() -> after(weights("block3.conv.basis")))
                .as("nobody makes it")
                .hasMessageStartingWith("except names 'block3.conv.basis', which is no layer that has weights; ");
        assertThatThrownBy(() -> after(split, weights("logits.basis")))
                .as("a layer in except is not split")
                .hasMessageStartingWith("except names 'logits.basis', ");
    }

    @Test
    void aNameMayBeOfALayerThatWeightsOrAFloorDecideOn() {
        assertThat(after(lowRank(LowRank.RankBy.ENERGY, 0.5, OnBreak.STOP), weights("block3.conv.basis"))
                        .certainty())
                .isEqualTo(Certainty.WEIGHTS_DECIDE);
        PossibleStructures outlook = after(
                lowRank(LowRank.RankBy.MACS, 0.5, OnBreak.ROLL_BACK),
                weights("block3.conv.basis"),
                weights("block3.conv"));
        assertThat(outlook.possible()).contains(STRUCTURE);
    }

    @Test
    void stagesAreTriedOnWhatIsLeft() {
        assertThat(after(channels(0.6, Scope.LAYER, OnBreak.STOP)).possible()).hasSize(1);
        assertThatThrownBy(() ->
                        after(channels(0.6, Scope.LAYER, OnBreak.STOP), channels(0.85, Scope.LAYER, OnBreak.ROLL_BACK)))
                .isInstanceOf(UnreachableException.class)
                // 16·16 pixels of 4·9 weights, 8·8 of 4·4·9, and 4·3: 9,216 + 9,216 + 12
                .hasMessageMatching(
                        "ratio 0\\.85 of the MACs cannot be cut: with 4 channels in every group that may be cut,"
                                + " 18,444 of [0-9]{2,3},[0-9]{3} MACs are left, so that at most 0\\.8[0-9]* can go;"
                                + " lower ratio or min-channels");
        assertThat(after(channels(0.85, Scope.LAYER, OnBreak.STOP)).possible())
                .as("of the whole, it can")
                .hasSize(1);
    }

    @Test
    void whatARolledBackStageWouldAllowIsNotRefused() {
        assertThat(after(channels(0.6, Scope.LAYER, OnBreak.ROLL_BACK), channels(0.85, Scope.LAYER, OnBreak.STOP))
                        .possible())
                .isEqualTo(after(channels(0.85, Scope.LAYER, OnBreak.STOP)).possible());
    }

    @Test
    void whatWeightsMayStillAllowIsNotRefused() {
        assertThat(after(channels(0.6, Scope.GLOBAL, OnBreak.STOP), channels(0.9, Scope.LAYER, OnBreak.STOP))
                        .certainty())
                .isEqualTo(Certainty.WEIGHTS_DECIDE);
    }
}
