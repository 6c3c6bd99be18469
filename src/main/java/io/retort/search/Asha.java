package io.retort.search;

import io.retort.recipe.StrategySettings;
import io.retort.search.SearchSpace.Candidate;
import io.retort.search.Strategy.Trial;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Successive halving that does not wait for whole rungs (Li, Jamieson, Rostamizadeh, Gonina, Ben-tzur, Hardt, Recht,
 * Talwalkar 2020, "A system for massively parallel hyperparameter tuning", arXiv:1810.05934, algorithm 2).
 *
 * <p>Rung k has {@code first-epochs · factor^k} epochs, the last one those of a whole training. A candidate that is
 * among the best {@code 1 / factor} of a rung's outcomes so far goes on to the next rung, highest rung first; where none
 * is, a new candidate is drawn for rung 0. The order within a rung is that of {@link Outcome#bestFirst}, so several
 * objectives are sorted by fronts.
 *
 * <p>The paper promotes by the outcomes that happen to be there when a worker is free. Here they are those of all trials
 * but the newest, in order, whichever ended first, so the same seed gives the same trials.
 */
final class Asha implements Strategy {
    private final SearchSpace space;
    private final SplittableRandom random;
    private final int factor;
    private final List<Rung> rungs = new ArrayList<>();
    private final Set<Candidate> drawn = new HashSet<>();
    private int trials;

    Asha(StrategySettings.Asha settings, SearchSpace space, long seed, int epochs) {
        this.space = space;
        this.random = new SplittableRandom(seed);
        this.factor = settings.factor();
        List<Integer> stints = new ArrayList<>();
        int had = 0;
        for (long upTo = settings.firstEpochs(); had < epochs; upTo *= factor) {
            int end = 2 * upTo > epochs ? epochs : (int) upTo; // no last rung of a few more epochs
            stints.add(end - had);
            had = end;
            rungs.add(new Rung(List.copyOf(stints)));
        }
    }

    /**
     * Candidates with the same epochs.
     *
     * @param promoted those that went on
     */
    private record Rung(List<Integer> stints, List<Outcome> outcomes, Set<Candidate> promoted) {
        Rung(List<Integer> stints) {
            this(stints, new ArrayList<>(), new HashSet<>());
        }

        Optional<Candidate> promotable(int factor) {
            return Outcome.bestFirst(outcomes).stream()
                    .limit(outcomes.size() / factor)
                    .filter(outcome -> !outcome.failed())
                    .map(outcome -> outcome.trial().candidate())
                    .filter(candidate -> !promoted.contains(candidate))
                    .findFirst();
        }
    }

    @Override
    public Optional<Trial> propose() {
        for (int rung = rungs.size() - 2; rung >= 0; rung--) {
            Optional<Candidate> best = rungs.get(rung).promotable(factor);
            if (best.isPresent()) {
                rungs.get(rung).promoted().add(best.get());
                return Optional.of(trial(best.get(), rung + 1));
            }
        }
        return space.drawn(random, candidate -> !drawn.contains(candidate)).map(candidate -> {
            drawn.add(candidate);
            return trial(candidate, 0);
        });
    }

    private Trial trial(Candidate candidate, int rung) {
        return new Trial(trials++, candidate, rungs.get(rung).stints());
    }

    @Override
    public void told(Outcome outcome) {
        rungs.get(outcome.trial().stints().size() - 1).outcomes().add(outcome);
    }
}
