package io.retort.distill.allreduce;

import java.io.Serializable;
import java.util.BitSet;
import java.util.StringJoiner;

/**
 * The lanes of one rank: {@code first … first + own − 1}.
 *
 * @param all how many lanes all ranks have together
 */
public record Lanes(int all, int first, int own) implements Serializable {
    public Lanes {
        if (first < 0 || own < 1 || own > all - first) {
            throw new IllegalArgumentException("a rank must own at least one lane, and lanes from 0 to " + (all - 1)
                    + " only, was given " + own + " from " + first);
        }
    }

    boolean contains(int lane) {
        return lane >= first && lane < first + own;
    }

    BitSet set() {
        BitSet set = new BitSet(all);
        set.set(first, first + own);
        return set;
    }

    @Override
    public String toString() {
        return text(set());
    }

    /** Such as {@code lanes 0, 2 to 5}. */
    static String text(BitSet lanes) {
        StringJoiner runs = new StringJoiner(", ", lanes.cardinality() == 1 ? "lane " : "lanes ", "");
        for (int from = lanes.nextSetBit(0); from >= 0; ) {
            int end = lanes.nextClearBit(from);
            runs.add(end - from == 1 ? Integer.toString(from) : from + " to " + (end - 1));
            from = lanes.nextSetBit(end);
        }
        return runs.toString();
    }
}
