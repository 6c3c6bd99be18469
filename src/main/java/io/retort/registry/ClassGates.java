package io.retort.registry;

import static io.retort.registry.Gate.atLeast;
import static io.retort.registry.Gate.atMost;
import static io.retort.registry.Gate.figure;

import io.retort.evaluate.Confusion;
import io.retort.evaluate.Confusion.ClassFigures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Gates class by class, on the champion's held-out samples: accuracy hides small classes. */
public final class ClassGates {
    /** A class of fewer samples may be missed by chance. */
    private static final long ROWS = 10;

    private final GateSettings.Classes settings;
    private final List<String> names;

    /** @param names of the classes, by index */
    public ClassGates(GateSettings.Classes settings, List<String> names) {
        this.settings = settings;
        this.names = List.copyOf(names);
    }

    /**
     * The gates of a challenger.
     *
     * @param challenger its figures by class; those of the champion likewise
     */
    public List<Gate> judge(List<ClassFigures> challenger, Optional<List<ClassFigures>> champion) {
        List<Gate> gates = new ArrayList<>();
        gates.add(balanced(challenger, champion));
        worst(challenger).ifPresent(gates::add);
        champion.flatMap(known -> fall(challenger, known)).ifPresent(gates::add);
        champion.ifPresent(known -> gates.add(lost(challenger, known)));
        return gates;
    }

    /** The class whose recall has fallen most; a class of few rows may fall by chance. */
    private Optional<Gate> fall(List<ClassFigures> challenger, List<ClassFigures> champion) {
        return IntStream.range(0, names.size())
                .boxed()
                .filter(c -> challenger.get(c).rows() >= ROWS)
                .max(Comparator.comparingDouble(c -> fall(challenger.get(c), champion.get(c))))
                .map(c -> atMost(
                        "greatest fall of recall",
                        fall(challenger.get(c), champion.get(c)),
                        settings.recallMargin(),
                        "recall-margin; class '" + names.get(c) + "', of which the champion finds "
                                + figure(champion.get(c).recall().orElse(0))));
    }

    private static double fall(ClassFigures challenger, ClassFigures champion) {
        return champion.recall().orElse(0) - challenger.recall().orElse(0);
    }

    private Gate balanced(List<ClassFigures> challenger, Optional<List<ClassFigures>> champion) {
        Optional<Double> known = champion.map(Confusion::balancedAccuracy);
        double relative = known.map(balanced -> balanced - settings.margin()).orElse(0.0);
        return atLeast(
                "balanced accuracy",
                Confusion.balancedAccuracy(challenger),
                Math.max(relative, settings.floor()),
                relative > settings.floor()
                        ? "champion has " + figure(known.orElseThrow()) + "; margin " + figure(settings.margin())
                        : "floor");
    }

    private Optional<Gate> worst(List<ClassFigures> classes) {
        return IntStream.range(0, classes.size())
                .boxed()
                .filter(c -> classes.get(c).rows() > 0)
                .min(Comparator.comparingDouble(c -> classes.get(c).recall().orElseThrow()))
                .map(c -> atLeast(
                        "smallest recall",
                        classes.get(c).recall().orElseThrow(),
                        settings.recallFloor(),
                        "recall-floor; class '" + names.get(c) + "'"));
    }

    private Gate lost(List<ClassFigures> challenger, List<ClassFigures> champion) {
        List<String> lost = IntStream.range(0, names.size())
                .filter(c -> challenger.get(c).rows() >= ROWS
                        && challenger.get(c).predicted() == 0
                        && champion.get(c).recall().orElse(0) > 0)
                .mapToObj(names::get)
                .toList();
        return atMost(
                "classes lost",
                lost.size(),
                0,
                "classes of at least " + ROWS
                        + " held-out rows that the champion finds and the challenger never predicts"
                        + (lost.isEmpty() ? "" : ": " + String.join(", ", lost)));
    }
}
