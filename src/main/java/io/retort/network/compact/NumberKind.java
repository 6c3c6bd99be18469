package io.retort.network.compact;

/** What the numbers of a stored tensor are. The place of each in this list is written into files: new ones go to the end. */
enum NumberKind {
    /** The bits of a float. */
    FLOAT32(4),
    /** The bits of a half. */
    FLOAT16(2),
    /** Codes of weights less their zero point, modulo 256. */
    INT8(1),
    /** Steps of the bias of a layer in int8. */
    INT32(4);

    private final int bytes;

    NumberKind(int bytes) {
        this.bytes = bytes;
    }

    /** Of one number. */
    int bytes() {
        return bytes;
    }
}
