package io.retort.compress.prune;

import java.util.Set;

/** Ways to cut channels out of a network, each of which cuts all that the one before it does. */
interface PruningCandidates {
    /** The units that go where this part of the channels before the first step is to be gone. */
    Set<Integer> ofChannels(double part);

    /** How many ways there are, but for the first, which cuts nothing more than it must. */
    int count();

    /**
     * The units that go in one of the ways.
     *
     * @param number from 0 to {@link #count()}, where all groups have their least number of channels
     */
    Set<Integer> cut(int number);
}
