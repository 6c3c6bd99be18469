package io.retort.engine;

/** The numbers in which a training computes and keeps the values of images; all else is always float32. */
public enum Precision {
    FLOAT32(4),
    /** Floats without the lower half of their bits: 8 bits of exponent, 7 of fraction (Kalamkar et al. 2019, arXiv:1905.12322). */
    BFLOAT16(2);

    private final int bytes;

    Precision(int bytes) {
        this.bytes = bytes;
    }

    /** Of one number. */
    public int bytes() {
        return bytes;
    }
}
