package io.retort.distill.allreduce;

/** Completes the sums of a JVM's lanes by those of the others. */
interface Exchange extends AutoCloseable {
    /** Is told how it went, by any thread. */
    interface Outcome {
        void finished(long step, float[] sum);

        /** No step will be finished any more. */
        void failed(String reason);
    }

    /** Comes before all else. */
    void open(Outcome outcome);

    /** Sends out what this JVM's lanes sum up to in a step, after the one before has finished. Does not wait. */
    void start(long step, PartialSums own);

    /** What a step still lacks of other JVMs, as the end of a sentence; empty if nothing. */
    String missing(long step);

    /** Tells the other JVMs that no step will be finished any more. */
    void abort(String reason);

    /** Where no step failed, waits until the other JVMs have what they need of this one, but for seconds only. */
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
