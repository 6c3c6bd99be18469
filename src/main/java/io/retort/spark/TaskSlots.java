package io.retort.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The task slots of a cluster, shared out among the trainings that are under way.
 *
 * <p>At most as many trainings are admitted as there are slots, the longest first; those that wait come in where one
 * ends. Each has an equal share of the slots, and takes it anew for each of its Spark jobs: so where one training ends,
 * the others get its slots with their next job. All jobs of trainings together never need more slots than there are,
 * which Spark's barrier mode demands: a job whose tasks must start together would otherwise wait for ever
 * for slots that shorter jobs take one by one.
 */
public final class TaskSlots {
    private final IntSupplier count;
    private final boolean sharesMachine;
    private final List<Training> waiting = new ArrayList<>();
    private final List<Training> admitted = new ArrayList<>();
    private int taken;
    private int beside;
    private int measurements;
    private boolean quiet;
    private boolean stopped;
    private long trainings;

    private TaskSlots(IntSupplier count, boolean sharesMachine) {
        this.count = count;
        this.sharesMachine = sharesMachine;
    }

    /** Those of a cluster as it is at each moment: executors come and go. */
    public static TaskSlots of(JavaSparkContext spark) {
        SparkContext context = spark.sc();
        return new TaskSlots(
                () -> Math.max(
                        1,
                        context.maxNumConcurrentTasks(
                                context.resourceProfileManager().defaultResourceProfile())),
                SessionSetup.isLocal(spark.getConf()));
    }

    /** So many, on the driver's own machine. */
    public static TaskSlots fixed(int count) {
        return new TaskSlots(() -> count, true);
    }

    /** How many tasks can run at once. */
    public int count() {
        return count.getAsInt();
    }

    /** How many trainings were admitted so far. */
    public synchronized long trainings() {
        return trainings;
    }

    /**
     * Waits until this training is admitted.
     *
     * @param work how long it takes beside others, in any unit; of those that wait, the longest is admitted first
     */
    public synchronized Training enter(double work) {
        Training training = new Training(work);
        waiting.add(training);
        try {
            awaitUntil(() -> isNext(training));
            admitted.add(training);
            trainings++;
        } finally {
            waiting.remove(training);
            notifyAll(); // there may be room for another
        }
        return training;
    }

    /** Of those that wait equally long ones, the first to come. */
    private boolean isNext(Training training) {
        return admitted.size() < count()
                && waiting.stream().noneMatch(other -> other.work > training.work)
                && waiting.stream()
                                .filter(other -> other.work == training.work)
                                .findFirst()
                                .orElseThrow()
                        == training;
    }

    /** Runs work beside trainings, such as an evaluation, but not beside a measurement; at most one per slot. */
    public <T> T beside(Supplier<T> work) {
        synchronized (this) {
            awaitUntil(() -> !quiet && beside < count());
            beside++;
        }
        try {
            return work.get();
        } finally {
            synchronized (this) {
                beside--;
                notifyAll();
            }
        }
    }

    /**
     * Runs what other work would disturb, such as a measurement of latency, alone: where the driver's machine trains,
     * the jobs that are under way end first, and others wait until all measurements that are waited for are done.
     */
    public <T> T quietly(Supplier<T> work) {
        synchronized (this) {
            measurements++;
            try {
                awaitUntil(() -> !quiet && beside == 0 && (taken == 0 || !sharesMachine));
                quiet = true;
            } finally {
                measurements--;
                notifyAll();
            }
        }
        try {
            return work.get();
        } finally {
            synchronized (this) {
                quiet = false;
                notifyAll();
            }
        }
    }

    /** Whether trainings must begin no job. They go on while a measurement waits for longer work. */
    private boolean isToBeQuiet() {
        return sharesMachine && (quiet || (measurements > 0 && beside == 0));
    }

    /** Lets nothing begin any more: whoever waits for slots, or requests some, gets a {@link StoppedException}. */
    public synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    /** A request for slots that are not given out any more. */
    public static final class StoppedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private StoppedException() {
            super("nothing begins any more, since something else has failed");
        }
    }

    private void awaitUntil(BooleanSupplier reached) {
        while (stopped || !reached.getAsBoolean()) {
            if (stopped) {
                throw new StoppedException();
            }
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for task slots", e);
            }
        }
    }

    /** A training that was admitted; it makes room for another where it is closed. */
    public final class Training implements AutoCloseable {
        private final double work;

        private Training(double work) {
            this.work = work;
        }

        /**
         * Runs one job on this training's share of the slots, once they are free.
         *
         * @param most how many it can use
         * @param job is given how many it has, at least 1
         */
        public <T> T run(int most, IntFunction<T> job) {
            int share = take(most);
            try {
                return job.apply(share);
            } finally {
                giveBack(share);
            }
        }

        /** Its share of the slots at this moment, whether or not it can use them all. */
        public int share() {
            synchronized (TaskSlots.this) {
                return share(Integer.MAX_VALUE);
            }
        }

        private int take(int most) {
            synchronized (TaskSlots.this) {
                awaitUntil(() -> !isToBeQuiet() && taken + share(most) <= Math.max(count(), 1));
                int share = share(most);
                taken += share;
                return share;
            }
        }

        /**
         * The remainder of the division goes to those that were admitted first. One that is about to be admitted counts:
         * it would wait for its slot until a job ends.
         */
        private int share(int most) {
            int slots = count();
            int sharing = Math.max(admitted.size(), Math.min(slots, admitted.size() + waiting.size()));
            int equal = slots / sharing;
            int rest = admitted.indexOf(this) < slots % sharing ? 1 : 0;
            return Math.max(1, Math.min(most, equal + rest));
        }

        private void giveBack(int share) {
            synchronized (TaskSlots.this) {
                taken -= share;
                TaskSlots.this.notifyAll();
            }
        }

        @Override
        public void close() {
            synchronized (TaskSlots.this) {
                admitted.remove(this);
                TaskSlots.this.notifyAll();
            }
        }
    }
}
