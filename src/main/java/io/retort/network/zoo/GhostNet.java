package io.retort.network.zoo;

import io.retort.config.SettingException;
import io.retort.network.Layer;
import io.retort.network.Layer.Bias;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.zoo.Architecture.Stem;
import java.util.List;

/**
 * Kind {@code ghostnet}: a 3×3 convolution, stages of ghost bottlenecks, a 1×1 convolution, a global average, and a
 * dense layer with ReLU before the last (Han et al. 2019, arXiv:1911.11907, table 1).
 *
 * <p>All channels are the paper's times the width, rounded to a multiple of 4. Every stage but the first halves the
 * image, but with the small stem the first convolution and the second stage do not. Excitation ends in a sigmoid, where
 * the published code has its piecewise linear likeness.
 *
 * @param width the multiplier of all channels but the head's; the paper has 1
 * @param stages how many of the paper's 5
 * @param head outputs of the dense layer before the last; the paper has 1280
 */
public record GhostNet(double width, int stages, int head, Stem stem) implements Architecture {
    /**
     * What table 1 has in one row; {@code excitation} is the part of the inner channels that it squeezes to, 0 for
     * none.
     */
    private record Row(int kernel, int inner, int outputs, double excitation) {}

    private static final List<List<Row>> STAGES = List.of(
            List.of(new Row(3, 16, 16, 0)),
            List.of(new Row(3, 48, 24, 0), new Row(3, 72, 24, 0)),
            List.of(new Row(5, 72, 40, 0.25), new Row(5, 120, 40, 0.25)),
            List.of(
                    new Row(3, 240, 80, 0),
                    new Row(3, 200, 80, 0),
                    new Row(3, 184, 80, 0),
                    new Row(3, 184, 80, 0),
                    new Row(3, 480, 112, 0.25),
                    new Row(3, 672, 112, 0.25)),
            List.of(
                    new Row(5, 672, 160, 0.25),
                    new Row(5, 960, 160, 0),
                    new Row(5, 960, 160, 0.25),
                    new Row(5, 960, 160, 0),
                    new Row(5, 960, 160, 0.25)));

    public GhostNet {
        SettingChecks.requireWidth(width);
        SettingException.requirePositive("head", head);
        if (stages < 1 || stages > STAGES.size()) {
            throw new SettingException("stages", "must be from 1 to " + STAGES.size() + ", was " + stages);
        }
    }

    @Override
    public Structure build(Shape input, int classes) {
        int halvings = stem == Stem.IMAGENET ? stages : Math.max(0, stages - 2);
        Blocks network = Blocks.overImages("ghostnet", input, halvings)
                .convolution("stem", channels(16), 3, stem == Stem.IMAGENET ? 2 : 1);
        network.stages(
                STAGES.subList(0, stages).stream().map(List::size).toList(),
                (name, stage, block) ->
                        append(network, name, STAGES.get(stage).get(block), block == 0 ? stride(stage) : 1));
        List<Row> last = STAGES.get(stages - 1);
        return network.convolution("head", channels(last.get(last.size() - 1).inner()), 1, 1)
                .then("average", new Layer.GlobalAveragePool())
                .then("hidden.dense", new Layer.Dense(head, Bias.PER_CHANNEL))
                .relu("hidden")
                .classify(classes);
    }

    private void append(Blocks network, String name, Row row, int stride) {
        int inner = channels(row.inner());
        int squeezed = row.excitation() == 0 ? 0 : SettingChecks.rounded(inner, row.excitation(), 4);
        ConvolutionBlocks.ghostBottleneck(
                network, name, inner, channels(row.outputs()), row.kernel(), squeezed, stride);
    }

    private int stride(int stage) {
        return stage == 0 || (stage == 1 && stem == Stem.SMALL) ? 1 : 2;
    }

    private int channels(int atWidthOne) {
        return SettingChecks.rounded(atWidthOne, width, 4);
    }
}
