package io.retort.clean;

import io.retort.clean.Cleaning.CleanReport.Fate;
import io.retort.clean.Cleaning.Retention;
import io.retort.clean.RunEntry.State;
import io.retort.storage.Storage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Chooses which runs stay. */
final class RunChoice {
    /** How long a directory without a manifest may be one that is just being made. */
    private static final Duration BEING_MADE = Duration.ofHours(1);

    private final List<RunEntry> runs;
    private final Map<RunEntry, Decision> decisions = new LinkedHashMap<>();
    private final List<RunEntry> expendable = new ArrayList<>();

    /** The fate of a run, and the reason. */
    record Decision(Fate fate, String reason) {}

    /** @param runs the newest first */
    RunChoice(List<RunEntry> runs, Retention retention, Instant now, Storage storage) {
        this.runs = runs;
        Map<String, Integer> finished = new HashMap<>();
        for (RunEntry run : runs) {
            int newer = finished.getOrDefault(run.name(), 0);
            if (run.state() == State.DONE) {
                finished.merge(run.name(), 1, Integer::sum);
            }
            Optional<Decision> decision = decide(run, newer, retention, now);
            Duration age = Duration.between(run.started(), now);
            decisions.put(run, decision.orElseGet(() -> stays("began " + text(age) + " ago")));
            if (decision.isEmpty()) {
                expendable.add(0, run);
            }
        }
        keepWhatIsUsed(storage);
    }

    /** The fate that is certain for a run; nothing where it stays only because nothing speaks against it. */
    private static Optional<Decision> decide(RunEntry run, int newer, Retention retention, Instant now) {
        Duration age = Duration.between(run.started(), now);
        if (run.state() == State.RUNNING) {
            return Optional.of(stays("is running"));
        } else if (run.state() == State.HALF_REMOVED) {
            return Optional.of(
                    age.compareTo(BEING_MADE) < 0 ? stays("may be just beginning") : goes("has no manifest"));
        } else if (run.state() == State.DONE && newer == 0) {
            return Optional.of(stays("is the newest of its name"));
        } else if (age.compareTo(retention.olderThan()) > 0) {
            return Optional.of(goes("began " + text(age) + " ago"));
        }
        return retention
                .keepRuns()
                .filter(most -> run.state() == State.DONE && newer >= most)
                .map(most -> goes("is beyond the newest " + most + " of its name"));
    }

    /** A recipe can name a student of an earlier run as its teacher. */
    private void keepWhatIsUsed(Storage storage) {
        Set<RunEntry> looked = new HashSet<>();
        for (boolean changed = true; changed; ) {
            changed = false;
            for (RunEntry user : staying()) {
                if (!looked.add(user)) {
                    continue;
                }
                changed = true;
                List<String> uses = LiveReferences.uses(user, storage).orElse(List.of());
                for (RunEntry used : runs) {
                    if (uses.stream().anyMatch(entry -> entry.startsWith(used.entry() + "/"))) {
                        expendable.remove(used);
                        decisions.put(used, stays("holds the teacher of " + user.entry()));
                    }
                }
            }
        }
    }

    Decision of(RunEntry run) {
        return decisions.get(run);
    }

    List<RunEntry> staying() {
        return with(Fate.STAYS);
    }

    List<RunEntry> going() {
        return with(Fate.GOES);
    }

    /** The runs that stay only because nothing speaks against it, the oldest first. */
    List<RunEntry> expendable() {
        return List.copyOf(expendable);
    }

    void giveUp(RunEntry run, String reason) {
        decisions.put(run, goes(reason));
    }

    private List<RunEntry> with(Fate fate) {
        return runs.stream().filter(run -> of(run).fate() == fate).toList();
    }

    private static Decision stays(String reason) {
        return new Decision(Fate.STAYS, reason);
    }

    private static Decision goes(String reason) {
        return new Decision(Fate.GOES, reason);
    }

    private static String text(Duration age) {
        if (age.toDays() > 0) {
            return age.toDays() + " days";
        }
        return age.toHours() > 0 ? age.toHours() + " hours" : Math.max(0, age.toMinutes()) + " minutes";
    }
}
