package io.retort.retrain;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtSession;
import io.retort.engine.onnx.run.OnnxSession;
import io.retort.registry.Gate;
import io.retort.registry.RegisteredModel;
import io.retort.report.Report.ChallengeSection;
import io.retort.report.Report.ChallengeSection.Outcome;
import io.retort.run.SmallRun;
import io.retort.run.record.RunContext;
import io.retort.spark.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nights of a model that gives vectors, which no label judges. */
class EmbeddingRetrainTest {
    private static final String RECIPE = """
            name = nightly
            data { embedding.dimension = 3, samples-per-shard = 200
              train { kind = csv, paths = ["%1$s/train-*.csv"], features = [x, y], columns = [%2$s] }
              test { kind = csv, paths = ["%1$s/test.csv"], features = [x, y], columns = [%2$s] } }
            teacher { kind = column, columns = [u, v, w], output = embedding }
            students = [{ name = small, architecture { kind = mlp, hidden = [16] }, losses = [embedding-cosine]
              training { epochs = 8, batch-size = 32, learning-rate.rate = 2e-2 } }]
            retrain { model = search, gates { agreement.floor = %3$s, latency.growth = 1000, data.feature-shift = 2 } }
            """;

    @TempDir
    private Path directory;

    @Test
    void aNightOfVectorsIsJudgedByTheTeacherAlone() throws Exception {
        rows("train-a", 600, 1);
        rows("test", 100, 2);
        ChallengeSection first = retrain("0.9");
        assertThat(first.outcome()).isEqualTo(Outcome.PROMOTED);
        rows("train-b", 400, 3);
        ChallengeSection second = retrain("0.9");
        assertThat(second.outcome()).as("%s", second.gates()).isEqualTo(Outcome.PROMOTED);
        assertThat(second.start()).isEqualTo("champion 1");
        RunContext context = context();
        RegisteredModel model = new RegisteredModel(context.storage(), context.root(), "search", Clock.systemUTC());
        try (OrtSession session = OnnxSession.ortSession(model.onnx(model.version(2)), 1)) {
            assertThat(session.getOutputNames()).containsExactly("embedding");
        }
    }

    @Test
    void aFloorOfTheCosineRefuses() throws IOException {
        rows("train-a", 600, 1);
        rows("test", 100, 2);
        ChallengeSection refused = retrain("0.99999");
        assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(refused.gates().stream().filter(gate -> !gate.passed()).map(Gate::name))
                .containsExactly("agreement");
    }

    private ChallengeSection retrain(String floor) {
        String columns = String.join(
                ", ",
                List.of("u", "v", "w").stream()
                        .map(name -> "{ name = " + name + ", type = float32 }")
                        .toList());
        return new Retraining(
                        LocalSpark.context(), context(), SmallRun.bound(RECIPE.formatted(directory, columns, floor)))
                .execute()
                .run()
                .orElseThrow()
                .report()
                .challenges()
                .get(0);
    }

    private RunContext context() {
        return SmallRun.context(directory.resolve("root"), line -> {});
    }

    private void rows(String name, int count, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder csv = new StringBuilder("x,y,u,v,w\n");
        for (int i = 0; i < count; i++) {
            double x = random.nextDouble(-2, 2);
            double y = random.nextDouble(-2, 2);
            csv.append(String.format(Locale.ROOT, "%.4f,%.4f,%.4f,%.4f,%.4f%n", x, y, 3 * Math.sin(x), x * y, y + 0.5));
        }
        Files.writeString(directory.resolve(name + ".csv"), csv.toString());
    }
}
