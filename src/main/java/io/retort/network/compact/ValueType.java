package io.retort.network.compact;

/** What the numbers of a stored tensor are. */
enum ValueType implements HasWireCode {
    /** The bits of a float. */
    FLOAT32(0, 4),
    /** The bits of a half. */
    FLOAT16(1, 2),
    /** Codes of weights less their zero point, modulo 256. */
    INT8(2, 1),
    /** Steps of the bias of a layer in int8. */
    INT32(3, 4);

    private final int number;
    private final int bytes;

    ValueType(int number, int bytes) {
        this.number = number;
        this.bytes = bytes;
    }

    @Override
    public int number() {
        return number;
    }

    /** Of one number. */
    int bytes() {
        return bytes;
    }
}
