package io.retort.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.retort.data.encode.TokenizerFiles;
import io.retort.network.Network;
import io.retort.network.NetworkFiles;
import io.retort.network.Shape;
import io.retort.network.Structure;
import io.retort.network.Vocabulary;
import io.retort.network.zoo.PlainNetwork.Mlp;
import io.retort.network.zoo.TextArchitecture.EmbeddingBag;
import io.retort.registry.ModelCard.Scores;
import io.retort.registry.RegisteredModel.Version;
import io.retort.registry.VersionFiles.RegistryJson;
import io.retort.storage.ArtifactException;
import io.retort.storage.Json;
import io.retort.storage.Lease;
import io.retort.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegisteredModelTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2031-01-02T12:00:00Z"), ZoneOffset.UTC);
    private static final Lease.Terms TERMS = new Lease.Terms(Duration.ofHours(1), Duration.ZERO);

    @TempDir
    private Path directory;

    private final Storage storage = Storage.of(new Configuration());

    private RegisteredModel model(Path root) {
        return new RegisteredModel(storage, new org.apache.hadoop.fs.Path(root.toUri()), "shoes", NOON);
    }

    private static ModelCard card(String key) {
        return new ModelCard(
                ModelCard.FORMAT,
                "2031-01-02T12:00:00Z",
                "recipe",
                "student",
                1,
                "run",
                key,
                "origin of " + key,
                0,
                "scratch",
                new ModelCard.Data("train", "test", 100, 10, List.of(60L, 40L)),
                "teacher",
                0.95,
                "accuracy",
                new Scores(0.9, 0.92, 0.01, 3, 0.1),
                List.of(Gate.atLeast("accuracy floor", 0.9, 0.5, "floor")),
                new ModelCard.Inputs(List.of("a", "b"), List.of(), List.of(0.5, 1.0), List.of(0.1, 0.0), List.of()));
    }

    private static Network network(long seed) {
        return Network.initialised(new Mlp(List.of(3)).build(Shape.vector(4), 2), seed);
    }

    private static byte[] onnx(int seed) {
        return ("model " + seed).getBytes(StandardCharsets.UTF_8);
    }

    private static RegisteredModel.Exported exported(int seed) {
        return new RegisteredModel.Exported(onnx(seed), "{}".getBytes(StandardCharsets.UTF_8));
    }

    private static Version add(RegisteredModel model, Lease lease, int seed) {
        return model.add(
                lease, card("key " + seed), network(seed), exported(seed), List.of("shard-a", "shard-" + seed));
    }

    private static void publish(RegisteredModel model, int seed) {
        try (Lease lease = model.lease("test", TERMS)) {
            model.promote(lease, add(model, lease, seed).number(), "it passed");
        }
    }

    @Test
    void keepsWhatWasPublished() {
        RegisteredModel model = model(directory);
        assertThat(model.champion()).isEmpty();
        assertThat(model.versions()).isEmpty();
        publish(model, 1);
        publish(model, 2);

        Version champion = model.version(model.champion().orElseThrow().version());
        assertThat(champion.number()).isEqualTo(2);
        assertThat(champion.card()).isEqualTo(card("key 2"));
        assertThat(model.onnx(champion)).isEqualTo(onnx(2));
        assertThat(model.network(champion)).isEqualTo(network(2));
        assertThat(model.shards(champion)).containsExactly("shard-a", "shard-2");
        assertThat(model.history()).extracting(Promotion::version).containsExactly(2, 1);
        assertThat(model.champion().orElseThrow().onnx()).isEqualTo("versions/2/student.onnx");
        assertThat(RegisteredModel.names(storage, new org.apache.hadoop.fs.Path(directory.toUri())))
                .containsExactly("shoes");
    }

    @Test
    void aModelOfTextsHasItsTokenizerBesideIt() {
        RegisteredModel model = model(directory);
        Structure bag = new EmbeddingBag(2).buildForTexts(Vocabulary.of(List.of("sea", "sky")), 3, 2);
        try (Lease lease = model.lease("test", TERMS)) {
            Version added = model.add(lease, card("key 1"), Network.initialised(bag, 1), exported(1), List.of());
            TokenizerFiles.of(bag).forEach((file, bytes) -> {
                assertThat(storage.read(new org.apache.hadoop.fs.Path(added.directory(), file)))
                        .isEqualTo(bytes);
                assertThat(added.file(file).sha256()).isEqualTo(DigestUtils.sha256Hex(bytes));
            });
            assertThat(added.files())
                    .extracting(Version.Content::name)
                    .contains("tokenizer.json", "tokenizer-test.json");
        }
    }

    @Test
    void goesBackAndForth() {
        RegisteredModel model = model(directory);
        publish(model, 1);
        publish(model, 2);
        publish(model, 3);
        try (Lease lease = model.lease("test", TERMS)) {
            assertThat(model.rollback(lease, "3 is slow").version()).isEqualTo(2);
            assertThat(model.rollback(lease, "2 too").version()).isEqualTo(1);
            assertThatThrownBy(() -> model.rollback(lease, "1 too"))
                    .isInstanceOf(ArtifactException.class)
                    .hasMessage(
                            "model 'shoes' had no champion before version 1; promote another version by its number");
            assertThat(model.promote(lease, 3, "it was not the model").version())
                    .isEqualTo(3);
            assertThat(model.rollback(lease, "it was").version()).isEqualTo(1);
            assertThatThrownBy(() -> model.promote(lease, 9, "?"))
                    .isInstanceOf(ArtifactException.class)
                    .hasMessage("model 'shoes' has no version 9; it has [1, 2, 3]");
        }
        assertThat(model.history())
                .extracting(Promotion::version, Promotion::why)
                .startsWith(
                        org.assertj.core.groups.Tuple.tuple(1, "it was"),
                        org.assertj.core.groups.Tuple.tuple(3, "it was not the model"),
                        org.assertj.core.groups.Tuple.tuple(1, "2 too"))
                .hasSize(7);
    }

    @Test
    void removesNothingThatIsNeeded() {
        RegisteredModel model = model(directory);
        for (int seed = 1; seed <= 6; seed++) {
            publish(model, seed);
        }
        try (Lease lease = model.lease("test", TERMS)) {
            model.rollback(lease, "back to 5, from where a rollback leads to 4");
            assertThat(model.unneeded(1)).extracting(Version::number).containsExactly(1, 2, 3);
            assertThat(model.unneeded(5)).extracting(Version::number).containsExactly(1);
            assertThatThrownBy(() -> model.remove(lease, List.of(model.version(4))))
                    .hasMessage("version 4 of model 'shoes' is the champion, or is needed for a rollback, or is the"
                            + " newest; it is not removed");
            model.remove(lease, model.unneeded(1));
            assertThat(model.versions()).extracting(Version::number).containsExactly(4, 5, 6);
            assertThat(model.rollback(lease, "still there").version()).isEqualTo(4);
        }
        assertThatThrownBy(() -> model.unneeded(0)).hasMessage("at least 1 version must be kept, was 0");
    }

    @Test
    void knowsWhatWasTakenBackUntilSomebodyPromotesIt() {
        RegisteredModel model = model(directory);
        publish(model, 1);
        publish(model, 2);
        assertThat(model.withdrawals()).isEmpty();
        try (Lease lease = model.lease("test", TERMS)) {
            model.rollback(lease, "2 is slow (ada)");
            Withdrawal second = model.withdrawals().get(0);
            assertThat(second)
                    .isEqualTo(new Withdrawal(
                            Withdrawal.FORMAT,
                            2,
                            "2031-01-02T12:00:00Z",
                            "2 is slow (ada)",
                            1,
                            "origin of key 2",
                            NetworkFiles.fingerprint(network(2)),
                            List.of("shard-a", "shard-2")));
            assertThat(second.sentence())
                    .isEqualTo("version 2 was rolled back to 1 on 2031-01-02T12:00:00Z: 2 is slow (ada)");
            assertThat(model.remedy(second)).isEqualTo("`retort models promote shoes 2` publishes it all the same");

            model.promote(lease, add(model, lease, 3).number(), "it passed");
            assertThat(model.withdrawals()).as("another version passed").containsExactly(second);
            model.promote(lease, 2, "it was not the model");
            // going back by hand from 3 to 2 is to take 3 back
            assertThat(model.withdrawals()).extracting(Withdrawal::version).containsExactly(3);
            model.rollback(lease, "it was");
            assertThat(model.withdrawals())
                    .extracting(Withdrawal::version, Withdrawal::into)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple(2, 3));
        }
    }

    @Test
    void knowsWhatWasTakenBackAfterItsFilesAreGone() throws IOException {
        RegisteredModel model = model(directory);
        publish(model, 1);
        publish(model, 2);
        try (Lease lease = model.lease("test", TERMS)) {
            model.rollback(lease, "wrong labels");
        }
        publish(model, 3);
        publish(model, 4);
        List<Withdrawal> before = model.withdrawals();
        try (Lease lease = model.lease("test", TERMS)) {
            model.remove(lease, model.unneeded(1));
        }
        assertThat(model.versions()).extracting(Version::number).containsExactly(3, 4);
        assertThat(model.withdrawals()).isEqualTo(before).hasSize(1);
        assertThat(before.get(0).isOfOrigin("origin of key 2")).isTrue();
        assertThat(before.get(0).hasNetwork(NetworkFiles.fingerprint(network(2))))
                .isTrue();
        assertThat(model.remedy(before.get(0)))
                .isEqualTo(
                        "it was pruned; remove " + model.directory() + "/withdrawn/2.json to let it be trained again");
        Files.delete(directory.resolve("registry/shoes/withdrawn/2.json"));
        assertThat(model.withdrawals()).isEmpty();
    }

    @Test
    void stillKnowsADamagedVersionByItsOrigin() throws IOException {
        RegisteredModel model = model(directory);
        publish(model, 1);
        publish(model, 2);
        try (Lease lease = model.lease("test", TERMS)) {
            model.rollback(lease, "?");
        }
        Path tensors = directory.resolve("registry/shoes/versions/2/network/tensors.safetensors");
        Files.delete(tensors.resolveSibling(".tensors.safetensors.crc"));
        Files.writeString(tensors, "?");
        assertThat(model.withdrawals()).extracting(Withdrawal::network).containsExactly("");
        assertThat(model.withdrawals().get(0).isOfOrigin("origin of key 2")).isTrue();
        assertThat(model.withdrawals().get(0).hasNetwork("")).isFalse();
    }

    @Test
    void countsTheShardsThatCameWithWhatWasTakenBack() {
        Withdrawal second = new Withdrawal(
                Withdrawal.FORMAT,
                2,
                "2031-01-02T12:00:00.178928230Z",
                "?",
                1,
                "",
                "",
                List.of("a", "b", "bad", "worse"));
        assertThat(second.sentence()).isEqualTo("version 2 was rolled back to 1 on 2031-01-02T12:00:00Z: ?");
        assertThat(second.broughtAmong(List.of("a", "b", "bad", "worse", "new"), List.of("a", "b")))
                .isEqualTo(2);
        assertThat(second.broughtAmong(List.of("a", "new"), List.of("a", "b"))).isZero();
        assertThat(second.isOfOrigin(""))
                .as("a version that has no origin is like no other")
                .isFalse();
    }

    @Test
    void readsACardWithoutAnOrigin() {
        ModelCard card = card("key 1");
        String old = new String(Json.file(card), StandardCharsets.UTF_8).replaceAll("  \"origin\" : \"[^\"]*\",\n", "");
        assertThat(old).doesNotContain("origin");
        ModelCard read =
                RegistryJson.card(old.getBytes(StandardCharsets.UTF_8), new org.apache.hadoop.fs.Path("card.json"));
        assertThat(read.origin()).isEmpty();
        assertThat(read.inputs()).isEqualTo(card.inputs());
        assertThat(read.data()).isEqualTo(card.data());
    }

    @Test
    void readsACardWithoutInputs() {
        ModelCard card = card("key 1");
        String old =
                new String(Json.file(card), StandardCharsets.UTF_8).replaceAll("(?s),\\s*\"inputs\" : \\{.*?\\}", "");
        assertThat(old).doesNotContain("inputs");
        ModelCard read =
                RegistryJson.card(old.getBytes(StandardCharsets.UTF_8), new org.apache.hadoop.fs.Path("card.json"));
        assertThat(read.inputs()).isEqualTo(ModelCard.Inputs.unknown());
        assertThat(read.gates()).isEqualTo(card.gates());
    }

    @Test
    void aCardWithoutTheNameOfItsScoreIsOfAccuracy() {
        String old = new String(Json.file(card("key 1")), StandardCharsets.UTF_8)
                .replaceAll("  \"score\" : \"[^\"]*\",\n", "");
        assertThat(old).doesNotContain("\"score\"");
        ModelCard read =
                RegistryJson.card(old.getBytes(StandardCharsets.UTF_8), new org.apache.hadoop.fs.Path("card.json"));
        assertThat(read).isEqualTo(card("key 1"));
    }

    @Test
    void isWholeWhereverAPromotionEnds() throws IOException {
        int interruptions = 0;
        for (int changes = 0; ; changes++) {
            Path root = Files.createDirectories(directory.resolve("after-" + changes));
            publish(model(root), 1);
            RegisteredModel crashing = new RegisteredModel(
                    Storage.of(CrashingFileSystem.configuration()), CrashingFileSystem.path(root), "shoes", NOON);
            boolean interrupted = false;
            CrashingFileSystem.crashAfter(changes);
            try (Lease lease = model(root).lease("test", TERMS)) {
                crashing.promote(lease, add(crashing, lease, 2).number(), "it passed");
            } catch (java.io.UncheckedIOException e) {
                interrupted = true;
            }
            requireWhole(model(root), changes);
            if (!interrupted) {
                break;
            }
            interruptions++;
            publish(model(root), 3);
            RegisteredModel after = model(root);
            assertThat(after.onnx(after.version(after.champion().orElseThrow().version())))
                    .isEqualTo(onnx(3));
            assertThat(incomplete(root))
                    .as("left after " + changes + " changes")
                    .isEmpty();
        }
        assertThat(interruptions).isGreaterThan(10);
    }

    private static void requireWhole(RegisteredModel model, int changes) {
        Version champion = model.version(model.champion().orElseThrow().version());
        assertThat(champion.number())
                .as("champion after " + changes + " changes")
                .isIn(1, 2);
        assertThat(model.onnx(champion)).isEqualTo(onnx(champion.number()));
        assertThat(model.network(champion)).isEqualTo(network(champion.number()));
        assertThat(model.history()).hasSize(champion.number());
    }

    /** Directories of versions without a manifest, and temporary files. */
    private static List<Path> incomplete(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(path -> path.toString().endsWith(".tmp") || isIncompleteVersion(path))
                    .toList();
        }
    }

    private static boolean isIncompleteVersion(Path path) {
        return path.getParent().getFileName().toString().equals("versions")
                && !Files.exists(path.resolve("manifest.json"));
    }

    @Test
    void isNotChangedByOneWhoLostTheLease() {
        RegisteredModel model = model(directory);
        publish(model, 1);
        try (Lease lease = model.lease("test", TERMS)) {
            Version second = add(model, lease, 2);
            storage.replace(
                    new org.apache.hadoop.fs.Path(model.directory(), "lock/000000000099.json"),
                    "{}".getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(() -> model.promote(lease, second.number(), "late"))
                    .isInstanceOf(Lease.LostException.class);
        }
        assertThat(model.champion().orElseThrow().version()).isEqualTo(1);
        assertThat(model.history()).hasSize(1);
    }

    @Test
    void refusesADamagedVersion() throws IOException {
        RegisteredModel model = model(directory);
        publish(model, 1);
        publish(model, 2);
        Path onnx = directory.resolve("registry/shoes/versions/1/student.onnx");
        Files.delete(onnx.resolveSibling(".student.onnx.crc"));
        Files.writeString(onnx, "model 7");
        try (Lease lease = model.lease("test", TERMS)) {
            assertThatThrownBy(() -> model.rollback(lease, "?"))
                    .isInstanceOf(ArtifactException.class)
                    .hasMessageStartingWith(model.version(1).directory() + "/student.onnx is damaged: its SHA-256 is ")
                    .hasMessageEndingWith("; promote another version, or roll back");
        }
        assertThat(model.champion().orElseThrow().version()).isEqualTo(2);
    }

    @Test
    void refusesAPointerOfAnotherFormat() throws IOException {
        RegisteredModel model = model(directory);
        publish(model, 1);
        Path pointer = directory.resolve("registry/shoes/champion.json");
        Files.writeString(pointer, Files.readString(pointer).replace("\"format\" : 1", "\"format\" : 2"));
        assertThatThrownBy(model::champion)
                .hasMessage(model.directory() + "/champion.json has format 2; this program reads format 1");
    }

    @Test
    void refusesANameThatLeavesItsDirectory() {
        assertThatThrownBy(() -> new RegisteredModel(storage, new org.apache.hadoop.fs.Path("/tmp"), "../x", NOON))
                .hasMessage("model must be 1 to 100 letters, digits, '.', '_' or '-', beginning with a letter or digit,"
                        + " was '../x'");
    }
}
