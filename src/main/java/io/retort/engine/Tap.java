package io.retort.engine;

import io.retort.network.Shape;
import java.io.Serializable;

/**
 * A reading of a node's output in a teacher's network.
 *
 * @param node its name in the structure
 * @param source the shape of the node's output
 * @param reading how the output is read
 * @param shape of one sample as it is read: {@code [channels, height, width]} or {@code [features]}
 */
public record Tap(String node, Shape source, Reading reading, Shape shape) implements Serializable {
    /** How an output is read. */
    public enum Reading {
        /** The features, averaged over equal windows where the grid that is read is smaller. */
        FEATURES("features"),
        /** One map per sample: the mean square over channels, averaged over equal windows, divided by its norm. */
        ATTENTION("attention");

        /** Part of a name in a store. */
        private final String text;

        Reading(String text) {
            this.text = text;
        }
    }

    /** The features of a node on a grid whose sizes divide the node's own; a vector has a grid of 1 × 1. */
    public static Tap features(String node, Shape source, int height, int width) {
        Shape shape = source.isImage() ? Shape.image(source.channels(), height, width) : source;
        return new Tap(node, source, Reading.FEATURES, shape);
    }

    /** The attention map of a node that gives images, on a grid whose sizes divide the node's own. */
    public static Tap attention(String node, Shape source, int height, int width) {
        return new Tap(node, source, Reading.ATTENTION, Shape.image(1, height, width));
    }

    public Tap {
        boolean divides = source.height() % shape.height() == 0 && source.width() % shape.width() == 0;
        if (!divides || source.isImage() != shape.isImage()) {
            throw new IllegalArgumentException(
                    "tap '" + node + "' gives " + source + ", which cannot be averaged to " + shape);
        }
    }

    /** The tap's name among those of one teacher, part of a name in a store. */
    public String name() {
        return node + "-" + reading.text + "-" + shape.height() + "x" + shape.width();
    }
}
