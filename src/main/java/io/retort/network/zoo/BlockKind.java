package io.retort.network.zoo;

import java.util.Optional;

/**
 * A block that the chain of a {@link ConvNet} can name.
 *
 * @param name the letters that a chain writes, such as {@code inverted} in {@code inverted32x6/2}
 * @param number what the number after the name means
 * @param option what the number after the {@code x} means; empty where the block has none
 * @param strides whether {@code /2} may follow
 * @param summary what it does, in one line
 * @param source the paper or document that defines it
 * @param builder appends it to a network
 */
public record BlockKind(
        String name,
        String number,
        Optional<Option> option,
        Strides strides,
        String summary,
        String source,
        Builder builder) {
    /** Whether a block may halve the image. */
    public enum Strides {
        ONE,
        ONE_OR_TWO
    }

    /**
     * A second number of a block.
     *
     * @param usual its value where a chain does not give it
     */
    public record Option(String meaning, int usual) {}

    /** The numbers of one block of a chain. */
    record Numbers(int number, int option, int stride) {}

    /** Appends a block whose layers' names begin with {@code name}. */
    interface Builder {
        void append(Blocks network, String name, Numbers numbers);
    }

    static BlockKind plain(String name, Strides strides, String summary, String source, Builder builder) {
        return new BlockKind(name, "channels", Optional.empty(), strides, summary, source, builder);
    }

    static BlockKind with(Option option, String name, Strides strides, String summary, String source, Builder builder) {
        return new BlockKind(name, "channels", Optional.of(option), strides, summary, source, builder);
    }

    /** How a chain writes it, such as {@code inverted<channels>[x<expansion>][/2]}. */
    public String form() {
        return name
                + "<" + number + ">"
                + option.map(second -> "[x<" + second.meaning() + ">]").orElse("")
                + (strides == Strides.ONE ? "" : "[/2]");
    }
}
