package io.retort.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.retort.network.Network;
import io.retort.network.Shape;
import io.retort.network.zoo.PlainNetwork.Mlp;
import io.retort.registry.Gate;
import io.retort.registry.ModelCard;
import io.retort.registry.ModelCard.Scores;
import io.retort.registry.RegisteredModel;
import io.retort.storage.Lease;
import io.retort.storage.Storage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ModelsCommandTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2031-01-02T12:00:00Z"), ZoneOffset.UTC);

    @TempDir
    private Path directory;

    private RegisteredModel model;
    private String err;

    @BeforeEach
    void publishThree() {
        model = new RegisteredModel(
                Storage.of(new Configuration()), new org.apache.hadoop.fs.Path(directory.toUri()), "shoes", NOON);
        Network network = Network.initialised(new Mlp(List.of(3)).build(Shape.vector(4), 2), 1);
        try (Lease lease = model.lease("test", Lease.Terms.USUAL)) {
            for (int i = 1; i <= 3; i++) {
                ModelCard card = card(i, "accuracy", 0.9 + i / 1000.0);
                model.add(lease, card, network, exported(1, 2, 3), List.of("a"));
                model.promote(lease, i, "passed");
            }
        }
    }

    private static RegisteredModel.Exported exported(int... onnx) {
        byte[] bytes = new byte[onnx.length];
        for (int i = 0; i < onnx.length; i++) {
            bytes[i] = (byte) onnx[i];
        }
        return new RegisteredModel.Exported(bytes, new byte[] {'{', '}'});
    }

    static ModelCard card(int i, String score, double value) {
        return new ModelCard(
                ModelCard.FORMAT,
                "2031-01-0" + i + "T12:00:00Z",
                "nightly",
                "small",
                1,
                "root/runs/nightly/" + i,
                "key" + i,
                "origin" + i,
                i - 1,
                i == 1 ? "scratch" : "champion " + (i - 1),
                new ModelCard.Data("train", "test", 1000L * i, 100, List.of(600L, 400L)),
                "teacher",
                0.95,
                score,
                new Scores(value, 0.92, 0.01, 12_345, 0.1),
                List.of(new Gate("accuracy floor", 0.9, Gate.Bound.AT_LEAST, 0.5, "floor", Gate.Verdict.PASSED)),
                ModelCard.Inputs.unknown());
    }

    private String run(int exitCode, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter errors = new StringWriter();
        CommandLine commandLine = Retort.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(errors));
        String[] line = new String[arguments.length + 3];
        line[0] = "models";
        System.arraycopy(arguments, 0, line, 1, arguments.length);
        line[line.length - 2] = "--root";
        line[line.length - 1] = directory.toString();
        assertThat(commandLine.execute(line)).as(errors::toString).isEqualTo(exitCode);
        err = errors.toString();
        return out.toString();
    }

    @Test
    void listShowsEachVersion() {
        assertThat(run(0, "list").lines().map(String::stripTrailing))
                .anyMatch(
                        line -> line.matches(
                                "\\s*shoes \\|\\s+3 \\| champion \\| 2031-01-03T12:00:00Z \\|\\s+90.30 % \\|\\s+92.00 % \\|\\s+12,345 \\|\\s+0.100 \\|\\s+3,000 \\| champion 2"))
                .anyMatch(line -> line.matches("\\s*shoes \\|\\s+1 \\| {10}\\| 2031-01-01.* \\| scratch"));
    }

    @Test
    void diffShowsWhatIsNotTheSame() {
        String shown = run(0, "diff", "shoes", "1", "3");
        assertThat(shown.lines().map(line -> line.replaceAll(" +", " ").strip()))
                .contains(
                        "scores.accuracy | 0.901 | 0.903",
                        "data.trainSamples | 1000 | 3000",
                        "start | scratch | champion 2")
                .noneMatch(line -> line.startsWith("scores.bytes") || line.startsWith("gates"));
        run(1, "diff", "shoes", "1", "9");
        assertThat(err).contains("9");
    }

    @Test
    void listShowsAScoreThatIsNoShareAsItIs() {
        RegisteredModel prices = new RegisteredModel(
                Storage.of(new Configuration()), new org.apache.hadoop.fs.Path(directory.toUri()), "prices", NOON);
        Network network = Network.initialised(new Mlp(List.of(3)).build(Shape.vector(4), 2), 2);
        try (Lease lease = prices.lease("test", Lease.Terms.USUAL)) {
            prices.add(lease, card(1, "r2", 0.4731), network, exported(1), List.of("a"));
        }
        assertThat(run(0, "list", "prices").lines())
                .anyMatch(line -> line.matches("\\s*model .*\\| +r2 \\| agreement .*"))
                .anyMatch(line -> line.matches("\\s*prices .*\\| 0.4731 \\| +0.9200 \\|.*"));
        assertThat(run(0, "list").lines().map(String::strip))
                .as("each names its score where they have several")
                .anyMatch(line -> line.matches("model .*\\| +score \\| agreement .*"))
                .anyMatch(line -> line.matches("prices .*\\| +r2 0.4731 \\|.*"))
                .anyMatch(line -> line.matches("shoes .*\\| accuracy 90.30 % \\|.*"));
    }

    @Test
    void listAndShowSpeakJson() throws Exception {
        JsonNode list = new ObjectMapper().readTree(run(0, "list", "shoes", "--json"));
        assertThat(list).hasSize(3);
        assertThat(list.at("/2/status").asText()).isEqualTo("champion");
        JsonNode shown = new ObjectMapper().readTree(run(0, "show", "shoes", "2", "--json"));
        assertThat(shown.at("/version").asInt()).isEqualTo(2);
        assertThat(shown.at("/card/scores/bytes").asInt()).isEqualTo(12_345);
        // echo -ne '\x01\x02\x03' | sha256sum
        assertThat(shown.at("/files").findValuesAsText("sha256"))
                .contains("039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81");
        assertThat(shown.at("/history")).hasSize(3);
    }

    @Test
    void showIsOfTheChampionUnlessToldOtherwise() {
        assertThat(run(0, "show", "shoes"))
                .startsWith("shoes version 3, ")
                .contains(
                        "made by student 'small' of recipe 'nightly', seed 1, from champion 2, at 2031-01-03T12:00:00Z"
                                + " in root/runs/nightly/3");
    }

    @Test
    void rollsBackPromotesAndKeepsTheHistory() {
        assertThat(run(0, "rollback", "shoes", "--why", "too slow"))
                .isEqualToNormalizingNewlines("version 2 is the champion of 'shoes' again, instead of 3\n");
        assertThat(run(0, "list", "shoes")).containsPattern("shoes \\| +3 \\| rolled back \\|");
        assertThat(run(0, "promote", "shoes", "1"))
                .isEqualToNormalizingNewlines("version 1 is the champion of 'shoes'\n");
        assertThat(run(0, "show", "shoes")).contains("| rolled back |", "too slow (", "by hand (");
        run(1, "promote", "shoes", "9");
        assertThat(err).isEqualToNormalizingNewlines("model 'shoes' has no version 9; it has [1, 2, 3]\n");
        assertThat(model.champion().orElseThrow().version()).isEqualTo(1);
    }

    @Test
    void pruneSaysFirstWhatItWouldRemove() {
        assertThat(run(0, "prune", "shoes", "--keep", "1", "--dry-run"))
                .matches("would remove version 1 of 'shoes', [\\d,]+ bytes, of 2031-01-01T12:00:00Z\\R");
        assertThat(model.versions()).hasSize(3);
        assertThat(run(0, "prune", "shoes", "--keep", "1")).startsWith("removed version 1 of 'shoes', ");
        assertThat(model.versions()).hasSize(2);
        assertThat(run(0, "prune", "shoes", "--keep", "1"))
                .isEqualToNormalizingNewlines("nothing to remove of 'shoes'\n");
    }

    @Test
    void waitsForNobody() {
        try (Lease lease = model.lease("retrain nightly", Lease.Terms.USUAL)) {
            run(5, "rollback", "shoes");
            assertThat(err).contains("registry/shoes/lock is held by process", "(retrain nightly)");
            lease.requireHeld();
        }
    }

    @Test
    void saysWhatThereIsWhereAModelIsNot() {
        for (List<String> command : List.of(
                List.of("list", "boots"),
                List.of("show", "boots"),
                List.of("promote", "boots", "1"),
                List.of("rollback", "boots"),
                List.of("prune", "boots"))) {
            assertThat(run(1, command.toArray(String[]::new)))
                    .as(command::toString)
                    .isEmpty();
            assertThat(err)
                    .as(command::toString)
                    .isEqualToNormalizingNewlines(
                            "model 'boots' is not in the registry under " + directory + "; it has shoes\n");
        }
        assertThat(directory.resolve("registry/boots")).doesNotExist();
        run(1, "show", "../shoes");
        assertThat(err).startsWith("model must be 1 to 100 letters");
    }

    @Test
    void saysWhereAModelHasNothingYet() throws IOException {
        Files.createDirectories(directory.resolve("registry/boots/lock")); // its first challenger was refused, say
        assertThat(run(0, "list", "boots"))
                .isEqualToNormalizingNewlines(
                        "no version of boots under " + directory + " yet; `retort retrain` publishes one\n");
        run(1, "show", "boots");
        assertThat(err)
                .isEqualToNormalizingNewlines(
                        "model 'boots' has no champion under " + directory + "; name a version\n");
        run(1, "rollback", "boots");
        assertThat(err).isEqualToNormalizingNewlines("model 'boots' has no champion under " + directory + "\n");
    }
}
