package io.retort.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigSourceTest {
    private static final Reference REFERENCE = Reference.parse("epochs = 1, name = built-in, sizes = [7]");

    @TempDir
    Path folder;

    record Settings(int epochs, String name, List<Integer> sizes, Optional<String> token) {}

    @Test
    void takesWhatTheFileDoesNotSayFromTheReference() {
        assertThat(bind(text("epochs = 2"))).isEqualTo(settings(2, "built-in"));
    }

    @Test
    void theCommandLineWinsAndItsLastWordMost() {
        ConfigSource source =
                text("epochs = 2, name = mine").overriddenBy(List.of("epochs=3", "name=s3a://bucket/a=b", "epochs=4"));
        assertThat(bind(source)).isEqualTo(settings(4, "s3a://bucket/a=b"));
    }

    @Test
    void anOverrideMayBeHoconAndIsSeenBySubstitutions() {
        ConfigSource source = text("name = epochs-${epochs}").overriddenBy(List.of("epochs=5", "sizes=[1, 2]"));
        assertThat(bind(source)).isEqualTo(new Settings(5, "epochs-5", List.of(1, 2), Optional.empty()));
    }

    @Test
    void substitutionsReachTheReferenceAndExtendIt() {
        assertThat(bind(text("name = ${name}-more, sizes = ${sizes} [8]")))
                .isEqualTo(new Settings(1, "built-in-more", List.of(7, 8), Optional.empty()));
    }

    @Test
    void theEnvironmentIsReadWhereTheFileAsksForIt() {
        String hocon = "name = mine, name = ${?RETORT_NAME}, epochs = ${?EPOCHS}";
        assertThat(bind(text(hocon))).isEqualTo(settings(1, "mine"));
        assertThat(bind(text(hocon).withEnvironment(Map.of("RETORT_NAME", "theirs", "EPOCHS", "6", "epochs", "9"))))
                .isEqualTo(settings(6, "theirs"));
    }

    @Test
    void systemPropertiesDoNotLeakIn() {
        System.setProperty("epochs", "99");
        try {
            assertThat(bind(text("name = ${?epochs}"))).isEqualTo(settings(1, "1"));
            assertThat(bind(text("name = mine, name = ${?java.version}"))).isEqualTo(settings(1, "mine"));
        } finally {
            System.clearProperty("epochs");
        }
    }

    @Test
    void saysWhatCameFromTheCommandLineOrTheEnvironment() {
        refuses(
                text("\nepochs = ${?EPOCHS}").withEnvironment(Map.of("EPOCHS", "few")),
                "a.conf:2  epochs: must be a whole number, was 'few' from environment variable EPOCHS");
        refuses(
                text("").overriddenBy(List.of("epochs=many", "colour=red", "token=[1]")),
                "command line -D colour=red  colour: unknown key; allowed are defaults, epochs, name, sizes, token",
                "command line -D epochs=many  epochs: must be a whole number, was 'many'",
                "command line -D token=(redacted)  token: must be a text, was (redacted)");
    }

    @Test
    void refusesOverridesThatAreNone() {
        refuses(
                text("").overriddenBy(List.of("epochs", "students.0.epochs=1", "sizes=[1")),
                "command line -D epochs  must be key=value",
                "command line -D sizes=[1  List should have ended with ] or had a comma, instead had token: end of file"
                        + " (if you want end of file to be part of a string value, then double-quote it)",
                "command line -D students.0.epochs=1  'students.0.epochs' is no path of keys; an element of a list is named by"
                        + " its place or its name, as in students[0].training.epochs or students[small].training.epochs");
    }

    @Test
    void includesAreFoundBesideTheFileThatNamesThem() throws IOException {
        write("base/common.conf", "include \"deeper.conf\"\nname = common");
        write("base/deeper.conf", "epochs = 8");
        String main = write("main.conf", "include \"base/common.conf\"\nname = ${name}-main");
        assertThat(bind(file(main))).isEqualTo(settings(8, "common-main"));
    }

    @Test
    void aProblemInAnIncludedFileNamesThatFile() throws IOException {
        String included = write("base.conf", "name = x\nepochs = few");
        String main = write("main.conf", "include file(\"base.conf\")");
        refuses(file(main), included + ":2  epochs: must be a whole number, was 'few'");
    }

    @Test
    void refusesIncludesThatAreMissingOrOfAnotherSort() throws IOException {
        String main = write("main.conf", """
                include "nowhere.conf"
                include "http://127.0.0.1:1/x.conf"
                include url("http://127.0.0.1:1/y.conf")
                include classpath("reference.conf")
                include "main.conf"
                include "."
                """);
        refuses(
                file(main),
                main + ":1  include \"nowhere.conf\": " + folder.resolve("nowhere.conf")
                        + " does not exist; check the path",
                main + ":2  include \"http://127.0.0.1:1/x.conf\": only files can be included, by their path",
                main + ":3  include \"http://127.0.0.1:1/y.conf\": only files can be included, by their path",
                main + ":4  include \"reference.conf\": only files can be included, by their path",
                main + ":5  include \"main.conf\": a file must not include itself",
                main + ":6  include \".\": " + folder + " is a directory; name a file");
    }

    @Test
    void refusesManyIncludes() throws IOException {
        write("leaf.conf", "");
        String main = write("main.conf", "include \"leaf.conf\"\n".repeat(101));
        refuses(file(main), main + ":1  include \"leaf.conf\": is one of more than 100 includes");
    }

    @Test
    void refusesAFileThatIsMissingADirectoryNoTextOrTooLarge() throws IOException {
        String missing = folder.resolve("missing.conf").toString();
        refuses(file(missing), missing + "  does not exist; check the path");
        refuses(file(folder.toString()), folder + "  is a directory; name a file");
        Path latin = folder.resolve("latin.conf");
        Files.write(latin, new byte[] {'a', '=', (byte) 0xE9, 'x'});
        refuses(file(latin.toString()), latin + "  must be UTF-8 text, and is not");
        String large = write("large.conf", "#".repeat((1 << 20) + 1));
        refuses(file(large), large + "  must have at most 1048576 bytes, has 1048577");
        refuses(file("a\0b"), "a\0b  is no path of a file: Nul character not allowed");
    }

    @Test
    void refusesAParseErrorWithItsLine() {
        refuses(
                text("epochs = 1\nname = [a, b"),
                "a.conf:2  List should have ended with ] or had a comma, instead had token: end of file"
                        + " (if you want end of file to be part of a string value, then double-quote it)");
    }

    @Test
    void refusesEverySubstitutionThatIsNotDefined() {
        refuses(
                text("epochs = ${nowhere}\nname = \"x\"${also.nowhere}"),
                "a.conf:1  ${nowhere} is defined neither in the recipe nor in the environment;"
                        + " define it, or write ${?nowhere} where it may be absent",
                "a.conf:2  ${also.nowhere} is defined neither in the recipe nor in the environment;"
                        + " define it, or write ${?also.nowhere} where it may be absent");
    }

    @Test
    void refusesSubstitutionsThatGoRound() {
        refuses(text("name = ${token}\ntoken = ${a}\na = ${token}"), "a.conf:2  ${a} is defined by way of itself");
    }

    @Test
    void refusesNestingThatIsTooDeep() {
        refuses(text("name = " + "[".repeat(20_000)), "a.conf  is nested too deeply");
        refuses(text("name" + ".x".repeat(20_000) + " = 1"), "a.conf  is nested too deeply");
    }

    private static Settings settings(int epochs, String name) {
        return new Settings(epochs, name, List.of(7), Optional.empty());
    }

    private static Settings bind(ConfigSource source) {
        return Binder.with().bind(source, Settings.class);
    }

    private static ConfigSource text(String hocon) {
        return ConfigSource.text("a.conf", hocon).withReference(REFERENCE);
    }

    private static ConfigSource file(String name) {
        return ConfigSource.file(name).withReference(REFERENCE);
    }

    private String write(String name, String content) throws IOException {
        Path path = folder.resolve(name);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, content).toString();
    }

    private static void refuses(ConfigSource source, String... problems) {
        String count = problems.length == 1 ? "1 problem" : problems.length + " problems";
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> bind(source))
                .withMessage(count + " in the recipe; nothing was run.\n  " + String.join("\n  ", problems));
    }
}
