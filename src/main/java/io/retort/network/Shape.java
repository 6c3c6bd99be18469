package io.retort.network;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.retort.storage.Digest;
import io.retort.storage.Digest.Fingerprinted;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * The shape of one sample, without the batch: {@code [features]} for vectors, {@code [channels, height, width]} for
 * images.
 *
 * @param sizes one or three sizes, each at least 1
 */
public record Shape(List<Integer> sizes) implements Serializable, Fingerprinted {
    public Shape {
        sizes = List.copyOf(sizes);
        if (sizes.size() != 1 && sizes.size() != 3) {
            throw new ShapeException("shape " + sizes + " must be [features] or [channels, height, width], but has "
                    + sizes.size() + " sizes");
        }
        if (sizes.stream().anyMatch(size -> size < 1)) {
            throw new ShapeException("shape " + sizes + " must have sizes of at least 1");
        }
        long elements = 1;
        for (int size : sizes) {
            elements *= size;
            if (elements > Integer.MAX_VALUE) {
                throw new ShapeException("shape " + sizes + " has more elements than an array can hold");
            }
        }
    }

    @JsonCreator
    public static Shape of(int... sizes) {
        return new Shape(Arrays.stream(sizes).boxed().toList());
    }

    public static Shape vector(int features) {
        return of(features);
    }

    public static Shape image(int channels, int height, int width) {
        return of(channels, height, width);
    }

    public boolean isImage() {
        return sizes.size() == 3;
    }

    /** The channels of an image, the features of a vector. */
    public int channels() {
        return sizes.get(0);
    }

    /** The height of an image; 1 for a vector. */
    public int height() {
        return isImage() ? sizes.get(1) : 1;
    }

    /** The width of an image; 1 for a vector. */
    public int width() {
        return isImage() ? sizes.get(2) : 1;
    }

    public int elements() {
        return channels() * height() * width();
    }

    @JsonValue
    public int[] toArray() {
        return sizes.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public void addTo(Digest digest) {
        digest.add("shape/1").add(toArray());
    }

    @Override
    public String toString() {
        return sizes.toString();
    }
}
