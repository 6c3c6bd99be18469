package io.retort.network;

import io.retort.storage.Digest;
import java.io.Serializable;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The weights of a network that are 0 and stay 0 while it is trained: elements of tensors, by the parameter's full
 * name.
 *
 * <p>A tensor that is not named may change as it likes. A mask knows no structure, so one that was made for a network
 * is carried to what becomes of that network by {@link #carriedTo}.
 */
public final class Mask implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Mask NONE = new Mask(Map.of());

    private final TreeMap<String, BitSet> zeros;

    private Mask(Map<String, BitSet> zeros) {
        this.zeros = new TreeMap<>(zeros);
    }

    /** Keeps nothing at 0. */
    public static Mask none() {
        return NONE;
    }

    /** Keeps at 0 what is 0 now in the named parameters of a network. */
    public static Mask ofZeros(Network network, Collection<String> parameters) {
        Map<String, BitSet> zeros = new TreeMap<>();
        for (String name : parameters) {
            float[] values = network.parameter(name).values();
            BitSet bits = new BitSet(values.length);
            for (int i = 0; i < values.length; i++) {
                bits.set(i, values[i] == 0);
            }
            zeros.put(name, bits);
        }
        return new Mask(zeros);
    }

    /**
     * The mask of a network that was made of the one that this mask is of. Of a tensor that it still has, under the
     * same name, what is 0 stays 0: cutting channels out of a sparse tensor leaves its zeros where they are cut to, and
     * a trained weight is never 0 by chance.
     */
    public Mask carriedTo(Network successor) {
        return ofZeros(
                successor,
                zeros.keySet().stream()
                        .filter(successor.parameters()::containsKey)
                        .toList());
    }

    public boolean isNone() {
        return zeros.isEmpty();
    }

    /** The names of the parameters that it restricts, sorted. */
    public List<String> parameters() {
        return List.copyOf(zeros.keySet());
    }

    /** How many elements it keeps at 0. */
    public long count() {
        return zeros.values().stream().mapToLong(BitSet::cardinality).sum();
    }

    /** The network with 0 wherever this mask keeps it. */
    public Network applied(Network network) {
        Map<String, Tensor> parameters = new LinkedHashMap<>(network.parameters());
        zeros.forEach((name, bits) -> {
            Tensor tensor = network.parameter(name);
            float[] values = tensor.values().clone();
            bits.stream().forEach(i -> values[i] = 0);
            parameters.put(name, new Tensor(tensor.sizes(), values));
        });
        return new Network(network.structure(), parameters);
    }

    /** 1 where training may move a parameter and 0 where it may not, as a network of the given structure. */
    public Network factors(Structure structure) {
        Map<String, Tensor> ones = new LinkedHashMap<>();
        structure.parameterSpecs().forEach((name, spec) -> {
            float[] values = new float[spec.elements()];
            Arrays.fill(values, 1);
            ones.put(name, new Tensor(spec.sizes(), values));
        });
        return applied(new Network(structure, ones));
    }

    /** Equal for equal masks. */
    public String fingerprint() {
        Digest digest = new Digest().add("mask/1");
        zeros.forEach((name, bits) -> digest.add(name).add(bits.stream().toArray()));
        return digest.key();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Mask that && zeros.equals(that.zeros);
    }

    @Override
    public int hashCode() {
        return zeros.hashCode();
    }

    @Override
    public String toString() {
        return "mask of " + count() + " zeros in " + parameters();
    }
}
