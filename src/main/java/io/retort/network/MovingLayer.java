package io.retort.network;

import java.util.List;

/**
 * Layers that permute or shift channels or positions: in another channel, or beside its own place in the image. None
 * has weights.
 */
public sealed interface MovingLayer extends Layer {
    /**
     * Deals the channels out like cards: of {@code groups} equal, consecutive parts first the first channel of each,
     * then the second of each (Zhang et al. 2017, arXiv:1707.01083, section 3.1).
     */
    record ChannelShuffle(int groups) implements MovingLayer {
        public ChannelShuffle {
            ShapeException.requirePositive("channel-shuffle groups", groups);
        }

        /** The input channel that output channel {@code channel} of {@code channels} is. */
        public int source(int channel, int channels) {
            return channel % groups * (channels / groups) + channel / groups;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.channelShuffle(this);
        }
    }

    /**
     * {@code y[c] = x[(c − by) mod channels]}: the channels move up in a circle, which mixes groups as a shuffle does
     * but moves two blocks of memory only (He et al. 2018, AddressNet, arXiv:1809.08458, section 3.1).
     */
    record ChannelShift(int by) implements MovingLayer {
        public ChannelShift {
            ShapeException.requirePositive("channel-shift by", by);
        }

        /** The input channel that output channel {@code channel} of {@code channels} is. */
        public int source(int channel, int channels) {
            return Math.floorMod(channel - by, channels);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.channelShift(this);
        }
    }

    /**
     * {@code y[c, i, j] = x[c, i + down, j + right]} with zeros outside of the image, where each part of the channels
     * looks its own way: without parameters, without multiplications (Wu et al. 2017, arXiv:1711.08141, section 3.1).
     *
     * @param kernel the odd size of the square within which it looks
     */
    record Shift(int kernel, Directions directions) implements MovingLayer {
        /** Where the parts of the channels look. */
        public enum Directions {
            /**
             * At each cell of the square, row by row: {@code ⌊channels / kernel²⌋} channels each, and the rest
             * straight (Wu et al.).
             */
            GRID,
            /**
             * Up, down, left and right by half the kernel: a quarter of the channels each, and the rest straight (He et
             * al., arXiv:1809.08458).
             */
            CROSS
        }

        /** How far below and to the right of its own place a channel looks. */
        public record Offset(int down, int right) {}

        public Shift {
            if (kernel < 3 || kernel % 2 == 0 || kernel > 99) {
                throw new ShapeException("shift kernel must be odd and from 3 to 99, was " + kernel);
            }
        }

        /** The number of ways to look. */
        public int parts() {
            return directions == Directions.GRID ? kernel * kernel : 4;
        }

        /** Where channel {@code channel} of {@code channels} looks. */
        public Offset offset(int channel, int channels) {
            int part = channel / (channels / parts());
            int half = kernel / 2;
            if (part >= parts()) {
                return new Offset(0, 0);
            }
            if (directions == Directions.GRID) {
                return new Offset(part / kernel - half, part % kernel - half);
            }
            return List.of(new Offset(-half, 0), new Offset(half, 0), new Offset(0, -half), new Offset(0, half))
                    .get(part);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.shift(this);
        }
    }

    /**
     * A shift that each channel learns: {@code y[c, i, j] = x[c, i + down_c, j + right_c]}, zero outside of the image.
     *
     * <p>Parameter {@code displacement [channels, 2]}: down, right, in pixels, uniform in [−1, 1] before training.
     * Its gradient is always that of the bilinear interpolation at the real displacement, plus
     * {@code penalty · sign(displacement)}, the gradient of the penalty {@code penalty · Σ|displacement|}, which is
     * not part of the reported loss.
     *
     * @param penalty at least 0; it draws displacements to 0, where a shift costs nothing
     */
    record ActiveShift(Displacements displacements, double penalty) implements MovingLayer {
        /** Where between pixels a channel may look. */
        public enum Displacements {
            /** Anywhere, by bilinear interpolation (Jeon and Kim 2018, arXiv:1806.07370, section 3.1). */
            REAL,
            /**
             * At whole pixels: displacements are rounded, halves up, when they are used (Chen et al. 2019,
             * arXiv:1903.05285, section 3).
             */
            WHOLE;

            /** What a learned displacement counts for. */
            public float used(float learned) {
                return this == WHOLE ? (float) Math.floor(learned + 0.5f) : learned;
            }
        }

        public ActiveShift {
            if (!(penalty >= 0 && penalty < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "active-shift penalty must be at least 0 and finite, was " + penalty);
            }
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.activeShift(this);
        }
    }
}
