package io.retort.engine.dl4j;

import io.retort.network.Structure;
import java.util.Optional;

/** Which layers a network is built of; both compute the same. */
public enum LayerSet {
    /** Retort's own layers: several times faster, and known to Retort alone. */
    FUSED {
        @Override
        public Optional<String> obstacle(Structure structure) {
            return Optional.empty();
        }
    },
    /**
     * Only layers that come with DL4J, so that its own trainers can send them and a saved model can be loaded anywhere.
     */
    STOCK {
        @Override
        public Optional<String> obstacle(Structure structure) {
            return StockZip.obstacle(structure);
        }
    };

    /** Why these layers cannot compute a structure; empty where they can. */
    public abstract Optional<String> obstacle(Structure structure);

    /** A network has a layer that DL4J's own cannot express: it trains and runs, but has no zip that DL4J loads. */
    public static final class UnsupportedLayerException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnsupportedLayerException(String message) {
            super(message);
        }
    }
}
