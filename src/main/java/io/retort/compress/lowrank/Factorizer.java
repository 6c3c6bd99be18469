package io.retort.compress.lowrank;

import java.util.List;

/** One way to write the weight of one layer as a product of smaller ones. */
interface Factorizer {
    /** What it cuts, of one matrix for each of its ranks, decomposed when it is first asked for its values; none where it has one rank that belongs to no matrix. */
    List<Spectrum> spectra();

    /** The greatest ranks that make sense. Here: those of the matrices that it cuts. */
    default List<Integer> fullRanks() {
        return spectra().stream().map(Spectrum::fullRank).toList();
    }

    /** The ranks that come of these, where one of them does not leave room for another. */
    default List<Integer> possible(List<Integer> ranks) {
        return ranks;
    }

    /** MACs for one sample of the layers that these ranks give. */
    long macs(List<Integer> ranks);

    /** The layers that these ranks give, first to last; they are told without a look at the weights. */
    List<Factor.Form> forms(List<Integer> ranks);

    /** Those layers with their weights. */
    List<Factor> pieces(List<Integer> ranks);
}
