package io.retort.distill.allreduce;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The ranks of a gang that run in one JVM.
 *
 * @param jvm tells it from other JVMs
 * @param executor the name by which messages call it
 */
record Party(String jvm, String executor, BitSet lanes) {
    /** In the order of their first ranks, so the same list in each JVM. */
    static List<Party> of(List<Member> members) {
        Map<String, Party> parties = new LinkedHashMap<>();
        for (Member member : members) {
            parties.computeIfAbsent(member.jvm(), jvm -> new Party(jvm, member.executor(), new BitSet()))
                    .lanes()
                    .or(member.lanes().set());
        }
        return List.copyOf(parties.values());
    }

    /** Such as {@code executor 3 (lanes 4 to 7)}. */
    @Override
    public String toString() {
        return "executor " + executor + " (" + Lanes.text(lanes) + ")";
    }
}
