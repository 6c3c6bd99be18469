package io.retort.distill.allreduce;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A rank, as it introduces itself to the others.
 *
 * @param jvm the same for ranks that run in one JVM
 * @param executor the name by which messages call that JVM
 * @param length of its vectors
 */
record Member(String jvm, String executor, Lanes lanes, int length) {
    String text() {
        return String.join(
                "\t",
                jvm,
                executor,
                Integer.toString(lanes.all()),
                Integer.toString(lanes.first()),
                Integer.toString(lanes.own()),
                Integer.toString(length));
    }

    static Member of(String text) {
        String[] parts = text.split("\t", -1);
        return new Member(
                parts[0],
                parts[1],
                new Lanes(Integer.parseInt(parts[2]), Integer.parseInt(parts[3]), Integer.parseInt(parts[4])),
                Integer.parseInt(parts[5]));
    }

    /** Each lane must be of one member. */
    static void requireGang(List<Member> members) {
        Member first = members.get(0);
        BitSet seen = new BitSet();
        for (Member member : members) {
            BitSet own = member.lanes().set();
            if (member.length() != first.length()
                    || member.lanes().all() != first.lanes().all()
                    || seen.intersects(own)) {
                throw new IllegalArgumentException(
                        "ranks of one gang must have vectors of one length and different lanes of as many, but there"
                                + " are "
                                + first + " and " + member);
            }
            seen.or(own);
        }
        if (seen.cardinality() < first.lanes().all()) {
            seen.flip(0, first.lanes().all());
            throw new IllegalArgumentException("no rank has the " + Lanes.text(seen));
        }
    }

    /**
     * The ranks of a gang that run in one JVM.
     *
     * @param jvm its identity among JVMs
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
}
