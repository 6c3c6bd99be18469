package io.retort.network.zoo;

import io.retort.network.Layer.Activate.Function;
import io.retort.network.Layer.Pool;
import io.retort.network.zoo.PlainNetwork.LeNet5;
import java.util.List;

/** LeNet-5 with the layers of the paper. */
public final class LeNets {
    private LeNets() {}

    public static LeNet5 ofPaper(Function activation, Pool.Kind pool) {
        return new LeNet5(List.of(6, 16), 2, List.of(120, 84), activation, pool);
    }
}
