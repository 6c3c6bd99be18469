package io.retort.distill.allreduce;

/** Completes the sums of a JVM's lanes by those of the others. */
interface Exchange extends AutoCloseable {
    /** Receives the results, from any thread. */
    interface Outcome {
        void finished(long step, float[] sum);

        /** No step will be finished any more. */
        void failed(String reason);
    }

    /** Comes before all else. */
    void open(Outcome outcome);

    /** Sends out the sums of this JVM's lanes of a step, after the one before has finished. Does not wait. */
    void start(long step, PartialSums own);

    /** The vectors of other JVMs that a step still lacks, as the end of a sentence; empty if none. */
    String missing(long step);

    /** Makes the other JVMs fail: no step will be finished any more. */
    void abort(String reason);

    /** Where no step failed, waits until the other JVMs need no message of this one any more, but for seconds only. */
    @Override
    void close();

    /** In a JVM that has all lanes. */
    static Exchange none() {
        return new Exchange() {
            private Outcome outcome;

            @Override
            public void open(Outcome to) {
                outcome = to;
            }

            @Override
            public void start(long step, PartialSums own) {
                outcome.finished(step, own.at(0));
            }

            @Override
            public String missing(long step) {
                return "";
            }

            @Override
            public void abort(String reason) {}

            @Override
            public void close() {}
        };
    }
}
