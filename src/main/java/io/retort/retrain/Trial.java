package io.retort.retrain;

import io.retort.engine.onnx.run.Latency;
import io.retort.engine.onnx.write.FurtherOutputs;
import io.retort.engine.onnx.write.RawColumns;
import io.retort.evaluate.Confusion;
import io.retort.evaluate.ContingencyTable;
import io.retort.evaluate.Task;
import io.retort.registry.ClassGates;
import io.retort.registry.Drift;
import io.retort.registry.Gate;
import io.retort.registry.GateSettings;
import io.retort.registry.Gates;
import io.retort.registry.ModelCard.Scores;
import io.retort.registry.RegisteredModel;
import io.retort.registry.RegisteredModel.Version;
import io.retort.report.Figures;
import io.retort.report.OverSeeds;
import io.retort.report.Report;
import io.retort.run.Assessment;
import io.retort.run.Challenge.ChallengeInputs;
import io.retort.run.Challenge.ChallengeInputs.Appraisal;
import io.retort.run.ResultWarnings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A challenger beside the champion and the teacher, on the same rows.
 *
 * @param figures of the challenger
 */
record Trial(
        RegisteredModel model,
        ChallengeInputs inputs,
        Assessment.Assessed challenger,
        Appraisal figures,
        Optional<Incumbent> incumbent) {
    /** Latencies are measured so often, in turn, and the least counts: other work on the machine only adds to them. */
    private static final int LATENCY_TURNS = 2;

    /** The published model, as it is now. */
    record Incumbent(Version version, Appraisal figures, ContingencyTable pairs) {}

    /** Measures a challenger and, where there is one, the champion. */
    static Trial of(
            RegisteredModel model, ChallengeInputs inputs, Assessment.Assessed challenger, Optional<Version> champion) {
        return new Trial(
                model,
                inputs,
                challenger,
                inputs.appraisal("challenger", challenger),
                champion.map(version -> incumbent(model, inputs, version, challenger)));
    }

    private static Incumbent incumbent(
            RegisteredModel model, ChallengeInputs inputs, Version version, Assessment.Assessed challenger) {
        byte[] onnx = onnx(model, version);
        Assessment.Assessed assessed = inputs.assessment().shipped("champion", model.network(version), onnx);
        ContingencyTable pairs = inputs.judging().pairs(challenger.onnx(), onnx);
        return new Incumbent(version, inputs.appraisal("champion", assessed), pairs);
    }

    /** A published model, whose input is what networks take of a row. */
    private static byte[] onnx(RegisteredModel model, Version version) {
        byte[] published = FurtherOutputs.without(model.onnx(version));
        return model.network(version)
                .structure()
                .signature()
                .table()
                .map(table -> RawColumns.without(published, table))
                .orElse(published);
    }

    /** On how many rows each of the two does better; none without a champion. */
    ContingencyTable pairs() {
        return incumbent.map(Incumbent::pairs).orElseGet(() -> new ContingencyTable(0, 0, 0, 0));
    }

    /** What the gates of single classes say; a challenger that hardly tells classes apart is warned of. */
    List<Gate> byClass() {
        Figures challenger = figures.judged();
        if (challenger.classes().isEmpty()) {
            return List.of();
        }
        List<String> names = inputs.test().schema().classNames();
        if (!challenger.confusion().isEmpty()) {
            Confusion confusion = new Confusion(challenger.confusion());
            ResultWarnings.of(
                            "the challenger",
                            new OverSeeds(List.of(challenger)),
                            names,
                            new Report.MostFrequentClass(
                                    names.get(confusion.mostFrequent()), confusion.mostFrequentShare()))
                    .forEach(inputs.context().progress()::warn);
        }
        GateSettings.Classes settings = inputs.recipe().retrain().gates().classes();
        return new ClassGates(settings, names)
                .judge(
                        challenger.classes(),
                        incumbent.map(there -> there.figures().judged().classes()));
    }

    /** What the gates judge. Latencies of both are measured in turn. */
    Gates.Input input(Drift drift) {
        Scores ours = scores(figures.judged());
        double majority = Task.of(inputs.judged().schema().target())
                .constantScore(inputs.judged().labels());
        double teacher = inputs.teacherFigures().judged().accuracy();
        if (incumbent.isEmpty()) {
            return new Gates.Input(ours, teacher, majority, Optional.empty(), drift);
        }
        Incumbent there = incumbent.get();
        byte[] onnx = onnx(model, there.version());
        Latency.Effort effort = inputs.context().latency();
        double latency = Double.POSITIVE_INFINITY;
        double latencyThere = Double.POSITIVE_INFINITY;
        for (int turn = 0; turn < LATENCY_TURNS; turn++) {
            latency = Math.min(latency, Latency.of(challenger.onnx(), effort).p50Millis());
            latencyThere = Math.min(latencyThere, Latency.of(onnx, effort).p50Millis());
        }
        Scores theirs = withLatency(scores(there.figures().judged()), latencyThere);
        return new Gates.Input(
                withLatency(ours, latency),
                teacher,
                majority,
                Optional.of(new Gates.Input.Champion(
                        there.version().number(),
                        theirs,
                        there.version().card().scores().accuracy(),
                        there.pairs(),
                        Math.max(theirs.accuracy(), bestAccuracy(inputs.judged().fingerprint())))),
                drift);
    }

    /** The greatest accuracy that a champion had on these samples; 0 where none was judged on them. */
    private double bestAccuracy(String test) {
        return model.lineage().stream()
                .flatMap(promotion -> model.find(promotion.version()).stream())
                .filter(version -> version.card().data().test().equals(test))
                .mapToDouble(version -> version.card().scores().accuracy())
                .max()
                .orElse(0);
    }

    /** All who took part, with the scores by which they were judged and their figures on held-out rows. */
    List<Report.Contender> contenders(Gates.Input trial) {
        List<Report.Contender> contenders = new ArrayList<>();
        contenders.add(new Report.Contender("challenger", trial.challenger(), List.of(figures.heldOut())));
        trial.champion()
                .ifPresent(champion -> contenders.add(new Report.Contender(
                        "champion " + champion.version(),
                        champion.scores(),
                        incumbent.map(there -> there.figures().heldOut()).stream()
                                .toList())));
        contenders.add(new Report.Contender(
                "teacher",
                scores(inputs.teacherFigures().judged()),
                List.of(inputs.teacherFigures().heldOut())));
        return contenders;
    }

    private static Scores scores(Figures figures) {
        return new Scores(
                figures.accuracy(),
                figures.agreement(),
                figures.calibrationError().orElse(0), // only classes have one
                figures.bytes().orElse(0), // of a teacher; a challenger is a file
                figures.latency().p50());
    }

    private static Scores withLatency(Scores scores, double millis) {
        return new Scores(scores.accuracy(), scores.agreement(), scores.calibrationError(), scores.bytes(), millis);
    }
}
