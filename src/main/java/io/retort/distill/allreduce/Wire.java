package io.retort.distill.allreduce;

import java.nio.ByteBuffer;

/** Carries messages between the JVMs of a gang, which are numbered. Nothing of it waits, but for closing. */
interface Wire extends AutoCloseable {
    /** Of one question; exactly one of both comes, once. */
    interface Answer {
        /**
         * The answer itself.
         *
         * @param message is the caller's again afterwards
         */
        void of(ByteBuffer message);

        void failed(Throwable cause);
    }

    /** Receives messages; from several threads, but the messages of one sender one after the other. */
    interface Receiver {
        /**
         * Takes a message, which is the caller's again afterwards.
         *
         * @param answer waits for an answer, now or later, if the sender asked
         * @return who sent it
         * @throws IllegalArgumentException if the message is of another gang; the sender receives the error, and
         *     nothing else happens
         */
        int received(ByteBuffer message, Answer answer);

        /** The sender of an earlier message has closed its connection, or lost it. */
        void disconnected(int sender);
    }

    /** Begins to take messages. */
    void open(Receiver receiver);

    /**
     * Sends a message that needs an answer.
     *
     * @param message may not be written to before the answer has come
     */
    void ask(int jvm, ByteBuffer message, Answer answer);

    /** Sends a message that needs no answer; false if there is no connection, or none any more. */
    boolean tell(int jvm, ByteBuffer message);

    @Override
    void close();
}
