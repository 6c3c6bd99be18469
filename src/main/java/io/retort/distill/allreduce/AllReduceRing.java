package io.retort.distill.allreduce;

import io.retort.distill.allreduce.Member.Party;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.BarrierTaskInfo;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskKilledException;

/** An {@link AllReduce} of the tasks of a barrier stage. */
public final class AllReduceRing {
    /** Tells this JVM from others, and one loader of this class from another. */
    private static final String JVM = UUID.randomUUID().toString();

    /** Ranks of one JVM meet here, since Spark gives its tasks no place in common. */
    private static final Map<String, Meeting> MEETINGS = new ConcurrentHashMap<>();

    private AllReduceRing() {}

    /**
     * Of the ranks of a gang in this JVM.
     *
     * @param ranks how many are in
     */
    private record Meeting(Gang gang, Optional<Wire> wire, int ranks) {
        private Meeting withRanks(int count) {
            return new Meeting(gang, wire, count);
        }
    }

    /**
     * Meets the other ranks of this attempt of a barrier stage. All of its tasks must call it, with the same length,
     * and with lanes that are all lanes together. Between executors, gradients travel by Spark's own transport. The
     * task must not call {@code barrier} or {@code allGather} itself, see {@link BarrierGathering}.
     *
     * @param length of a lane's vector
     * @param patience how long a rank waits for the others at a step
     * @param secret a random string of this job, by which its ranks know each other
     */
    public static AllReduce join(
            BarrierTaskContext context, Lanes lanes, int length, Duration patience, String secret) {
        Runnable watch = () -> requireAlive(context);
        BarrierGathering gathering = new BarrierGathering(context, patience, watch);
        Member self = new Member(JVM, SparkEnv.get().executorId(), lanes, length);
        List<Party> parties = List.of(new Party(JVM, self.executor(), new Lanes(lanes.all(), 0, lanes.all()).set()));
        if (executors(context).stream().distinct().count() > 1) {
            List<Member> members =
                    gathering.texts(self.text()).stream().map(Member::of).toList();
            Member.requireGang(members);
            parties = Party.of(members);
        }
        List<Party> known = parties;
        String key = SparkEnv.get().conf().getAppId() + " " + context.stageId() + " " + context.stageAttemptNumber();
        Meeting meeting = MEETINGS.compute(
                key,
                (unused, there) -> there == null
                        ? meet(known, length, patience, secret + "\n" + key)
                        : there.withRanks(there.ranks() + 1));
        try {
            meeting.wire().ifPresent(wire -> connect(gathering, wire, known));
            return meeting.gang().rank(lanes, watch, () -> leave(key));
        } catch (RuntimeException e) {
            meeting.gang().abort("the rank of " + lanes + " failed: " + e, e);
            leave(key);
            throw e;
        }
    }

    /** Of each task, the address of its executor. */
    private static List<String> executors(BarrierTaskContext context) {
        return Stream.of(context.getTaskInfos()).map(BarrierTaskInfo::address).toList();
    }

    private static Meeting meet(List<Party> parties, int length, Duration patience, String secret) {
        int self = parties.stream().map(Party::jvm).toList().indexOf(JVM);
        BitSet own = parties.get(self).lanes();
        int lanes =
                parties.stream().mapToInt(party -> party.lanes().cardinality()).sum();
        if (parties.size() == 1) {
            return new Meeting(new Gang(lanes, own, length, patience, Exchange.none()), Optional.empty(), 1);
        }
        SparkEnv spark = SparkEnv.get();
        Wire wire = new Wire(
                spark.conf(),
                spark.securityManager(),
                spark.blockManager().blockManagerId().host(),
                patience);
        Frames frames = new Frames(secret, self);
        Exchange exchange = new SlicedExchange(parties, self, length, patience, frames, wire);
        return new Meeting(new Gang(lanes, own, length, patience, exchange), Optional.of(wire), 1);
    }

    private static void connect(BarrierGathering gathering, Wire wire, List<Party> parties) {
        Map<String, String> addresses = new HashMap<>();
        for (String entry : gathering.texts(JVM + " " + wire.address())) {
            int space = entry.indexOf(' ');
            addresses.put(entry.substring(0, space), entry.substring(space + 1));
        }
        Map<Integer, String> others = new HashMap<>();
        for (int i = 0; i < parties.size(); i++) {
            String jvm = parties.get(i).jvm();
            if (!jvm.equals(JVM)) {
                others.put(i, addresses.get(jvm));
            }
        }
        wire.connect(others);
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
            return meeting.withRanks(meeting.ranks() - 1);
        });
        ended.forEach(Gang::close); // outside of the map, since it may wait
    }
}
