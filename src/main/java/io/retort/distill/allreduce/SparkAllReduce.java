package io.retort.distill.allreduce;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskKilledException;

/** An {@link AllReduce} of the tasks of a barrier stage. */
public final class SparkAllReduce {
    /** Tells this JVM from others, and one loader of this class from another. */
    private static final String JVM = UUID.randomUUID().toString();

    /** Ranks of one JVM meet here, since Spark gives its tasks no place in common. */
    private static final Map<String, Meeting> MEETINGS = new ConcurrentHashMap<>();

    private SparkAllReduce() {}

    private record Meeting(Gang gang, int ranks) {}

    /**
     * Meets the other ranks of this attempt of a barrier stage. All of its tasks must call it, with the same length, and with lanes that are all lanes together.
     *
     * @param length of a lane's vector
     * @param patience how long a rank waits for the others at a step
     * @param secret a random string of this job, by which its ranks know each other
     */
    public static AllReduce join(
            BarrierTaskContext context, Lanes lanes, int length, Duration patience, String secret) {
        Member self = new Member(JVM, SparkEnv.get().executorId(), lanes, length);
        List<Member> members =
                Stream.of(context.allGather(self.text())).map(Member::of).toList();
        Member.requireGang(members);
        BitSet own = new BitSet();
        members.stream()
                .filter(member -> member.jvm().equals(JVM))
                .forEach(member -> own.or(member.lanes().set()));
        if (own.cardinality() < lanes.all()) {
            throw new UnsupportedOperationException("a gang of several executors");
        }
        String key = SparkEnv.get().conf().getAppId() + " " + context.stageId() + " " + context.stageAttemptNumber();
        Meeting meeting = MEETINGS.compute(
                key,
                (unused, there) -> there == null
                        ? new Meeting(new Gang(lanes.all(), own, length, patience, Exchange.none()), 1)
                        : new Meeting(there.gang(), there.ranks() + 1));
        return meeting.gang().rank(lanes, () -> requireAlive(context), () -> leave(key));
    }

    private static void requireAlive(BarrierTaskContext context) {
        if (context.isInterrupted()) {
            throw new TaskKilledException("killed while it waited for the other ranks");
        }
    }

    private static void leave(String key) {
        List<Gang> ended = new ArrayList<>();
        MEETINGS.computeIfPresent(key, (unused, meeting) -> {
            if (meeting.ranks() == 1) {
                ended.add(meeting.gang());
                return null;
            }
            return new Meeting(meeting.gang(), meeting.ranks() - 1);
        });
        ended.forEach(Gang::close); // outside of the map, since it may wait
    }
}
