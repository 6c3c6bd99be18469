package io.retort.scaling;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How long activities take that share a cluster's slots as {@code SparkSlots} shares them out: at most as many are admitted as there are slots, the longest first;
 * each has an equal share, which grows where another ends.
 *
 * <p>An activity goes on at the pace of its share. Time passes from one end of an activity to the next, and is put down to what all that are under way do then, in
 * equal parts.
 */
final class Makespan {
    private final Cluster cluster;
    private final List<Activity> activities;
    private final double[] left;
    private final boolean[] ended;
    private final List<Integer> admitted = new ArrayList<>();

    /** What an activity would take as a whole. */
    interface Pace {
        /** How many of its share of the slots it keeps busy; 0 of what the driver does while all else rests on its machine. */
        int busy(int share);

        /**
         * What it takes.
         *
         * @param working slots that are busy on a machine, those of others included
         */
        Costs costs(int share, int working);
    }

    /**
     * One thing to do.
     *
     * @param after the number of the activity that must have ended
     * @param work the greatest is admitted first
     */
    record Activity(Optional<Integer> after, double work, Pace pace) {
        boolean isAlone() {
            return pace.busy(1) == 0;
        }
    }

    private Makespan(Cluster cluster, List<Activity> activities) {
        this.cluster = cluster;
        this.activities = activities;
        this.left = activities.stream().mapToDouble(activity -> 1).toArray();
        this.ended = new boolean[activities.size()];
    }

    /** The time until all have ended, by what it is spent on. */
    static Costs of(Cluster cluster, List<Activity> activities) {
        return new Makespan(cluster, activities).all();
    }

    private Costs all() {
        Costs costs = new Costs();
        for (int over = 0; over < activities.size(); ) {
            over += next(costs);
        }
        return costs;
    }

    /** Lets time pass until something ends. */
    private int next(Costs costs) {
        admit();
        List<Integer> running = new ArrayList<>(admitted);
        ready().filter(i -> activities.get(i).isAlone()).findFirst().ifPresent(measured -> {
            if (cluster.executors() == 0) {
                running.clear();
            }
            running.add(measured);
        });
        int working = cluster.working(running.stream()
                .mapToLong(i -> activities.get(i).pace().busy(share(i)))
                .sum());
        List<Costs> whole = running.stream()
                .map(i -> activities.get(i).pace().costs(share(i), Math.max(1, working)))
                .toList();
        double passed = IntStream.range(0, running.size())
                .mapToDouble(at -> left[running.get(at)] * whole.get(at).total())
                .min()
                .orElseThrow();
        int over = 0;
        for (int at = 0; at < running.size(); at++) {
            int activity = running.get(at);
            double total = whole.get(at).total();
            boolean ends = left[activity] * total <= passed * (1 + 1e-12);
            double part = ends ? left[activity] : passed / total;
            costs.add(whole.get(at).times(part / running.size()));
            left[activity] -= part;
            if (ends) {
                ended[activity] = true;
                admitted.remove((Integer) activity);
                over++;
            }
        }
        return over;
    }

    private void admit() {
        while (admitted.size() < cluster.slots()) {
            Optional<Integer> longest = ready().filter(i -> !activities.get(i).isAlone() && !admitted.contains(i))
                    .boxed()
                    .max(Comparator.comparingDouble(
                                    (Integer i) -> activities.get(i).work())
                            .thenComparing(Comparator.reverseOrder()));
            if (longest.isEmpty()) {
                return;
            }
            admitted.add(longest.get());
        }
    }

    private IntStream ready() {
        return IntStream.range(0, activities.size())
                .filter(i -> !ended[i]
                        && activities
                                .get(i)
                                .after()
                                .map(before -> ended[before])
                                .orElse(true));
    }

    /** The remainder of the division goes to those that were admitted first. */
    private int share(int activity) {
        int at = admitted.indexOf(activity);
        if (at < 0) {
            return 1;
        }
        int slots = cluster.slots();
        return slots / admitted.size() + (at < slots % admitted.size() ? 1 : 0);
    }
}
