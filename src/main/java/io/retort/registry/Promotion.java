package io.retort.registry;

/**
 * The change of the champion: {@code champion.json} is the last one, {@code history/} has them all.
 *
 * @param sequence its place among the promotions; the name of its file in the history
 * @param version that became the champion
 * @param at by the clock of whoever did it, ISO 8601
 * @param follows the sequence of the promotion before it, 0 for the first; what no later one follows was interrupted
 *     and never took effect
 * @param back the sequence of the promotion that a rollback returns to, 0 where there is none
 * @param lease the number of the lease under which it was done; it never falls
 * @param onnx the model, relative to the directory that holds {@code champion.json}
 * @param sha256 of the model, as {@code sha256sum} prints it
 */
public record Promotion(
        int format,
        long sequence,
        int version,
        Action action,
        String at,
        String why,
        long follows,
        long back,
        long lease,
        String onnx,
        String sha256) {
    static final int FORMAT = 1;

    /** Why there is another champion. */
    public enum Action {
        /** A version passed its gate, or a person chose it. */
        PROMOTED,
        /** The champion before the last promotion came back. */
        ROLLED_BACK
    }
}
