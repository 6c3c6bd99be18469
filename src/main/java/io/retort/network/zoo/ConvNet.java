package io.retort.network.zoo;

import io.retort.config.SettingException;
import io.retort.network.Layer.Pool;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.zoo.BlockKind.Strides;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Kind {@code conv-net}: a chain of blocks spelled out one by one, then a global average and one dense layer.
 *
 * <p>A block is {@code max} or {@code average}, a 2×2 pool with stride 2, or one of {@link BlockKind} with its
 * numbers: {@code cbr32}, {@code dws64/2}, {@code inverted32x6/2}. The number is that of the output's channels, that
 * after {@code x} the block's option, and {@code /2} means stride 2. {@code dws64/2*3} is short for
 * {@code dws64/2, dws64, dws64}, and {@code *0} leaves a block out.
 *
 * @param chain the blocks, first to last
 */
public record ConvNet(List<String> chain) implements Architecture {
    private static final Pattern BLOCK =
            Pattern.compile("([a-z]+)([1-9][0-9]{0,4})(?:x([1-9][0-9]{0,2}))?(/2)?(?:\\*([0-9]{1,2}))?|max|average");

    private static final Pattern OF_BLOCK = Pattern.compile("block([0-9]+)(\\..*|/.*)");

    public ConvNet {
        chain = List.copyOf(chain);
        for (String block : chain) {
            requireBlock(block);
        }
        if (halvings(written(chain)) > 15) {
            throw new SettingException(
                    "chain", "halves the image " + halvings(written(chain)) + " times; at most 15 are allowed");
        }
    }

    @Override
    public Structure build(Shape input, int classes) {
        List<String> blocks = written(chain);
        Blocks network = Blocks.overImages("conv-net", input, (int) halvings(blocks));
        for (int i = 0; i < blocks.size(); i++) {
            append(network, "block" + (i + 1), blocks.get(i));
        }
        return network.averageAndClassify(classes);
    }

    /** By the element of the chain that its block is of, which of its repetitions that is, and the kind of the block. */
    @Override
    public String place(String parameter) {
        Matcher block = OF_BLOCK.matcher(parameter);
        if (!block.matches()) {
            return parameter;
        }
        int number = Integer.parseInt(block.group(1));
        int element = 0;
        while (number > count(chain.get(element))) {
            number -= count(chain.get(element++));
        }
        String kind = chain.get(element).replaceAll("[^a-z].*", "");
        return (element + 1) + "." + number + " " + kind + block.group(2);
    }

    private static int count(String element) {
        int star = element.indexOf('*');
        return star < 0 ? 1 : Integer.parseInt(element.substring(star + 1));
    }

    /** The chain with each repeated block as often as it is there; of several only the first halves the image. */
    private static List<String> written(List<String> chain) {
        List<String> blocks = new ArrayList<>();
        for (String element : chain) {
            String first = element.replaceAll("\\*.*", "");
            for (int i = 0; i < count(element); i++) {
                blocks.add(i == 0 ? first : first.replace("/2", ""));
            }
        }
        return blocks;
    }

    private static void requireBlock(String block) {
        Matcher parts = BLOCK.matcher(block);
        if (!parts.matches()
                || (parts.group(1) != null && BlockKind.find(parts.group(1)).isEmpty())) {
            throw new SettingException(
                    "chain",
                    "has the block '" + block + "'; a block is max, average or one of " + BlockKind.forms()
                            + ", with numbers from 1 to 99999 and after an x to 999; *n behind it repeats it, n at most 99");
        }
        if (parts.group(1) == null) {
            return;
        }
        BlockKind kind = BlockKind.find(parts.group(1)).orElseThrow();
        if ((parts.group(3) != null && kind.option().isEmpty())
                || (parts.group(4) != null && kind.strides() == Strides.ONE)) {
            throw new SettingException("chain", "has the block '" + block + "', but this block is " + kind.form());
        }
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
        BlockKind kind = BlockKind.find(parts.group(1)).orElseThrow();
        int option = parts.group(3) == null
                ? kind.option().map(BlockKind.Option::usual).orElse(0)
                : Integer.parseInt(parts.group(3));
        int stride = parts.group(4) == null ? 1 : 2;
        kind.builder().append(network, name, new BlockKind.Numbers(Integer.parseInt(parts.group(2)), option, stride));
    }

    /**
     * Kind {@code w1-student}: the reference workload's student, whose speed and accuracy are compared from version to
     * version.
     */
    public record W1Student() implements Architecture {
        @Override
        public Structure build(Shape input, int classes) {
            return new ConvNet(List.of("cbr16", "max", "dws32", "max", "dws64", "dws64")).build(input, classes);
        }
    }

    /**
     * Kind {@code w1-teacher}: the reference workload's teacher, whose speed and accuracy are compared from version to
     * version.
     */
    public record W1Teacher() implements Architecture {
        @Override
        public Structure build(Shape input, int classes) {
            return new ConvNet(List.of("cbr32", "cbr32", "max", "cbr64", "cbr64", "max", "cbr128", "cbr128"))
                    .build(input, classes);
        }
    }
}
