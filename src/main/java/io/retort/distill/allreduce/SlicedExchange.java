package io.retort.distill.allreduce;

import io.retort.distill.allreduce.Frames.Content;
import io.retort.distill.allreduce.Frames.Kind;
import io.retort.distill.allreduce.Member.Party;
import io.retort.distill.allreduce.PartialSums.Vectors;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.network.client.RpcResponseCallback;

/**
 * An exchange in which each JVM adds up one slice of the vector. It sends each other JVM that one's slice of its
 * partial sums, and the answer, which comes when the other has the partial sums of all, is that slice of the total: one
 * question and one answer per pair and step.
 *
 * <p>A buffer is written to again in the next step. That is sound: nobody sends partial sums of a step before it has
 * all answers of the step before, and nobody answers before it has all partial sums; so whoever sees a message of a
 * step knows that those of the step before have arrived.
 */
final class SlicedExchange implements Exchange, Wire.Receiver {
    private static final int MAX_TEXT = 2000;

    private final List<Party> parties;
    private final int self;
    private final Frames frames;
    private final Wire wire;
    private final Farewell farewell;

    private final int[][] tops;
    private final int[] bounds;
    private final Vectors vectors;
    private final PartialSums slice;
    private final ByteBuffer[] questions;
    private final ByteBuffer answer;
    private final float[][] totals;

    private Outcome outcome;
    private final RpcResponseCallback[] askers;
    private final boolean[] gave;
    private final boolean[] answered;
    private final long[] leftAfter;
    private int given;
    private int lacking;
    private long collecting;
    private long started = -1;
    private long finished = -1;
    private boolean broken;
    private boolean aborts;

    /** @param self which of the parties this JVM's is */
    SlicedExchange(List<Party> parties, int self, int length, Duration patience, Frames frames, Wire wire) {
        this.parties = parties;
        this.self = self;
        this.frames = frames;
        this.wire = wire;
        int count = parties.size();
        BitSet others = new BitSet();
        others(others::set);
        farewell = new Farewell(others, patience);
        LaneTree tree = new LaneTree(
                parties.stream().mapToInt(party -> party.lanes().cardinality()).sum());
        tops = parties.stream().map(party -> tree.tops(party.lanes())).toArray(int[][]::new);
        bounds = IntStream.rangeClosed(0, count)
                .map(jvm -> (int) ((long) length * jvm / count))
                .toArray();
        vectors = new Vectors(sliceOf(self));
        slice = new PartialSums(tree, new int[] {0}, vectors);
        questions = IntStream.range(0, count)
                .mapToObj(jvm -> frames.blank(jvm == self ? 0 : Float.BYTES * tops[self].length * sliceOf(jvm)))
                .toArray(ByteBuffer[]::new);
        answer = frames.blank(Float.BYTES * sliceOf(self));
        totals = new float[2][length];
        askers = new RpcResponseCallback[count];
        gave = new boolean[count];
        answered = new boolean[count];
        leftAfter = new long[count];
        Arrays.fill(leftAfter, Long.MAX_VALUE);
    }

    private int sliceOf(int jvm) {
        return bounds[jvm + 1] - bounds[jvm];
    }

    private void others(IntConsumer each) {
        IntStream.range(0, parties.size()).filter(jvm -> jvm != self).forEach(each);
    }

    @Override
    public void open(Outcome to) {
        outcome = to;
        wire.open(this);
    }

    @Override
    public void start(long step, PartialSums own) {
        synchronized (this) {
            started = step;
            lacking = parties.size();
            Arrays.fill(answered, false);
            gave[self] = true;
        }
        others(jvm -> {
            if (hasLeftBefore(jvm, step)) {
                fail(parties.get(jvm) + " ended before step " + step);
                return;
            }
            ByteBuffer question = questions[jvm].position(Frames.HEADER);
            FloatBuffer floats = question.asFloatBuffer();
            for (int top : tops[self]) {
                floats.put(own.at(top), bounds[jvm], sliceOf(jvm));
            }
            question.position(Frames.HEADER + Float.BYTES * floats.position());
            wire.ask(jvm, frames.sealed(question, Kind.PARTIAL, step), answerOf(jvm, step));
        });
        for (int top : tops[self]) {
            float[] vector = vectors.take();
            System.arraycopy(own.at(top), bounds[self], vector, 0, vector.length);
            slice.put(top, vector);
        }
        own.clear();
        gave(self, step, NOBODY);
    }

    private synchronized boolean hasLeftBefore(int jvm, long step) {
        return leftAfter[jvm] < step;
    }

    private RpcResponseCallback answerOf(int jvm, long step) {
        return new RpcResponseCallback() {
            @Override
            public void onSuccess(ByteBuffer message) {
                answered(jvm, step, message);
            }

            @Override
            public void onFailure(Throwable cause) {
                fail(parties.get(jvm) + " is gone in step " + step + ": " + firstLine(cause));
            }
        };
    }

    private static final RpcResponseCallback NOBODY = new RpcResponseCallback() {
        @Override
        public void onSuccess(ByteBuffer message) {}

        @Override
        public void onFailure(Throwable cause) {}
    };

    private void answered(int jvm, long step, ByteBuffer message) {
        try {
            Content total = frames.opened(message);
            require(total.kind() == Kind.TOTAL && total.sender() == jvm && total.step() == step, total);
            require(total.content().remaining() == Float.BYTES * sliceOf(jvm), total);
            total.content().asFloatBuffer().get(totals[parity(step)], bounds[jvm], sliceOf(jvm));
        } catch (IllegalArgumentException e) {
            fail(parties.get(jvm) + " gave a wrong answer in step " + step + ": " + e.getMessage());
            return;
        }
        done(jvm, step);
    }

    private static void require(boolean expected, Content found) {
        if (!expected) {
            throw new IllegalArgumentException(
                    "refused a message that does not fit: " + found.kind() + " of sender " + found.sender() + ", step "
                            + found.step() + ", with " + found.content().remaining() + " bytes");
        }
    }

    @Override
    public int received(ByteBuffer message, RpcResponseCallback to) {
        Content content = frames.opened(message);
        int sender = content.sender();
        require(sender >= 0 && sender < parties.size() && sender != self, content);
        switch (content.kind()) {
            case PARTIAL -> take(content, to);
            case ABORT -> {
                farewell.release(sender);
                wire.tell(sender, frames.of(Kind.RELEASE, content.step(), ""));
                fail(parties.get(sender) + ": " + StandardCharsets.UTF_8.decode(content.content()));
            }
            case LEAVE -> leave(sender, content.step());
            case RELEASE -> farewell.release(sender);
            default -> require(false, content);
        }
        return sender;
    }

    private void take(Content partial, RpcResponseCallback to) {
        int sender = partial.sender();
        synchronized (this) {
            require(partial.step() == collecting && !gave[sender], partial);
            require(partial.content().remaining() == Float.BYTES * tops[sender].length * sliceOf(self), partial);
            gave[sender] = true;
        }
        FloatBuffer floats = partial.content().asFloatBuffer();
        for (int top : tops[sender]) {
            float[] vector = vectors.take();
            floats.get(vector);
            slice.put(top, vector);
        }
        gave(sender, partial.step(), to);
    }

    /** Whoever comes last answers all. */
    private void gave(int jvm, long step, RpcResponseCallback to) {
        synchronized (this) {
            askers[jvm] = to;
            if (++given < parties.size()) {
                return;
            }
        }
        float[] sum = slice.at(0);
        System.arraycopy(sum, 0, totals[parity(step)], bounds[self], sum.length);
        answer.position(Frames.HEADER).asFloatBuffer().put(sum);
        ByteBuffer sealed = frames.sealed(answer.position(answer.limit()), Kind.TOTAL, step);
        slice.clear();
        RpcResponseCallback[] all;
        synchronized (this) {
            all = askers.clone();
            given = 0;
            Arrays.fill(gave, false);
            collecting = step + 1;
        }
        for (RpcResponseCallback asker : all) { // from here on messages of the next step may come
            asker.onSuccess(sealed.duplicate());
        }
        done(self, step);
    }

    private void done(int jvm, long step) {
        synchronized (this) {
            answered[jvm] = true;
            if (--lacking > 0) {
                return;
            }
            finished = step;
        }
        others(other -> {
            if (!hasLeftBefore(other, step + 1)) {
                return;
            }
            wire.tell(other, frames.of(Kind.RELEASE, step, ""));
        });
        outcome.finished(step, totals[parity(step)]);
    }

    private void leave(int sender, long step) {
        boolean early;
        boolean free;
        synchronized (this) {
            leftAfter[sender] = step;
            early = started > step;
            free = finished >= step;
        }
        farewell.release(sender);
        if (free) { // else when the step has finished
            wire.tell(sender, frames.of(Kind.RELEASE, step, ""));
        }
        if (early) {
            fail(parties.get(sender) + " ended before step " + (step + 1));
        }
    }

    @Override
    public void disconnected(int sender) {
        farewell.release(sender);
        if (!hasLeftBefore(sender, Long.MAX_VALUE)) {
            fail(parties.get(sender) + " has closed its connection");
        }
    }

    private void fail(String reason) {
        synchronized (this) {
            broken = true;
        }
        outcome.failed(reason);
    }

    @Override
    public synchronized String missing(long step) {
        String silent = text(gave);
        return started == step && collecting > step
                ? text(answered) + " has not answered"
                : "the vectors of " + silent + " are missing";
    }

    /** Those that have not. */
    private String text(boolean[] have) {
        return IntStream.range(0, have.length)
                .filter(jvm -> jvm != self && !have[jvm])
                .mapToObj(jvm -> parties.get(jvm).toString())
                .collect(Collectors.joining(" and "));
    }

    @Override
    public void abort(String reason) {
        long last;
        synchronized (this) {
            broken = true;
            aborts = true;
            last = finished;
        }
        tellAll(frames.of(Kind.ABORT, last, reason.substring(0, Math.min(reason.length(), MAX_TEXT))));
    }

    private void tellAll(ByteBuffer message) {
        others(jvm -> {
            if (!wire.tell(jvm, message.duplicate())) {
                farewell.release(jvm);
            }
        });
    }

    @Override
    public void close() {
        boolean leaves;
        boolean waits;
        long last;
        synchronized (this) {
            leaves = !broken;
            waits = leaves || aborts;
            last = finished;
        }
        if (leaves) {
            tellAll(frames.of(Kind.LEAVE, last, ""));
        }
        if (waits) {
            farewell.await();
        }
        wire.close();
    }

    private static int parity(long step) {
        return (int) (step & 1);
    }

    /** A refusal of the other side comes with its stack trace as text. */
    private static String firstLine(Throwable cause) {
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }
}
