package io.retort.network.zoo;

import io.retort.network.Layer.Pool;
import io.retort.network.Shape;
import io.retort.network.Structure;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Kind {@code conv-net}: a chain of blocks spelled out one by one, then a global average and one dense layer.
 *
 * <ul>
 *   <li>{@code cbr32}: 3×3 convolution to 32 channels, BatchNorm, ReLU;
 *   <li>{@code dws32}: 3×3 depthwise convolution, BatchNorm, ReLU, 1×1 convolution to 32 channels, BatchNorm, ReLU;
 *   <li>{@code res32}: residual block of two 3×3 convolutions to 32 channels;
 *   <li>{@code cbr32/2}, {@code dws32/2}, {@code res32/2}: the same with stride 2;
 *   <li>{@code max}, {@code average}: a 2×2 pool with stride 2.
 * </ul>
 *
 * @param chain the blocks, first to last
 */
public record ConvNet(List<String> chain) implements ArchitectureSettings {
    private static final Pattern BLOCK = Pattern.compile("(cbr|dws|res)([1-9][0-9]{0,4})(/2)?|max|average");

    public ConvNet {
        chain = List.copyOf(chain);
        for (String block : chain) {
            if (!BLOCK.matcher(block).matches()) {
                throw new IllegalArgumentException("chain has the block '" + block
                        + "'; a block is cbrN, dwsN or resN with N channels from 1 to 99999, each with '/2' for stride 2,"
                        + " or max, or average");
            }
        }
        if (halvings(chain) > 15) {
            throw new IllegalArgumentException(
                    "chain halves the image " + halvings(chain) + " times; at most 15 are allowed");
        }
    }

    @Override
    public Structure build(Shape input, int classes) {
        Blocks network = Blocks.overImages("conv-net", input, (int) halvings(chain));
        for (int i = 0; i < chain.size(); i++) {
            append(network, "block" + (i + 1), chain.get(i));
        }
        return network.averageAndClassify(classes);
    }

    private static long halvings(List<String> chain) {
        return chain.stream()
                .filter(block -> block.endsWith("/2") || block.equals("max") || block.equals("average"))
                .count();
    }

    private static void append(Blocks network, String name, String block) {
        Matcher parts = BLOCK.matcher(block);
        if (!parts.matches()) {
            throw new AssertionError("the constructor refuses " + block);
        }
        if (parts.group(1) == null) {
            network.pool(name, block.equals("max") ? Pool.Kind.MAX : Pool.Kind.AVERAGE);
            return;
        }
        int channels = Integer.parseInt(parts.group(2));
        int stride = parts.group(3) == null ? 1 : 2;
        switch (parts.group(1)) {
            case "cbr" -> network.convolution(name, channels, 3, stride);
            case "dws" -> network.separable(name, channels, stride);
            case "res" -> network.residual(name, channels, stride);
            default -> throw new AssertionError(block);
        }
    }
}
