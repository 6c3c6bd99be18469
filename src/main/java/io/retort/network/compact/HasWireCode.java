package io.retort.network.compact;

/** One of several, which files name by a number. */
interface HasWireCode {
    /** The number that is written; it is never given to another one. */
    int number();

    /**
     * The one with a number.
     *
     * @param what it is, in messages
     * @throws IllegalArgumentException if there is none
     */
    static <T extends HasWireCode> T of(T[] known, int number, String what) {
        for (T one : known) {
            if (one.number() == number) {
                return one;
            }
        }
        throw new IllegalArgumentException("has " + what + " " + number + ", known are 0 to " + (known.length - 1));
    }
}
