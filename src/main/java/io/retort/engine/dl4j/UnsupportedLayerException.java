package io.retort.engine.dl4j;

/** A network has a layer that DL4J's own layers cannot express; Retort's can, so it trains and runs, but has no zip that DL4J alone loads. */
public final class UnsupportedLayerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnsupportedLayerException(String message) {
        super(message);
    }
}
