package io.retort.config;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A record checks what is there although something is missing. */
class PartialValidationTest {
    record Training(
            String name, int epochs, double rate, List<Long> seeds, Optional<String> from, Optional<String> to) {
        Training {
            if (epochs < 1) {
                throw new SettingException("epochs", "must be at least 1, was " + epochs);
            }
            if (!(rate > 0)) {
                throw new SettingException("rate", "must be > 0, was " + rate);
            }
            if (seeds.isEmpty()) {
                throw new SettingException("seeds", "must not be empty");
            }
            if (from.isPresent() && to.isEmpty()) {
                throw new SettingException("from", "needs to beside it");
            }
        }
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        refuses("name = n\nepochs = 0\nrate = -1\nseeds = []", """
                3 problems in the recipe; nothing was run.
                  a.conf:2  epochs: must be at least 1, was 0
                  a.conf:3  rate: must be > 0, was -1.0
                  a.conf:4  seeds: must not be empty""");
    }

    @Test
    void whatIsThereIsCheckedWhereOthersAreMissingOrOfAnotherType() {
        refuses("epochs = many\nrate = -1\nseeds = []", """
                4 problems in the recipe; nothing was run.
                  a.conf:1  name: missing; add name, a text
                  a.conf:1  epochs: must be a whole number, was 'many'
                  a.conf:2  rate: must be > 0, was -1.0
                  a.conf:3  seeds: must not be empty""");
    }

    record Network(String name, Optional<String> architecture, Optional<String> from, int most) {
        Network {
            if (architecture.isEmpty() && from.isEmpty()) {
                throw new SettingException("architecture", "missing; name one, or the most that there is");
            }
            if (most < 2) {
                throw new IllegalArgumentException("so small a network learns nothing");
            }
        }
    }

    /** A message may have words that are keys as well. */
    @Test
    void aProblemCountsByItsKeyAndNotByItsWords() {
        refuses(Network.class, "most = 3", """
                2 problems in the recipe; nothing was run.
                  a.conf:1  name: missing; add name, a text
                  a.conf:1  architecture: missing; name one, or the most that there is""");
    }

    @Test
    void aProblemOfTheWholeCountsWhereNoPlaceholderMakesIt() {
        refuses(Network.class, "from = a\nmost = 1", """
                2 problems in the recipe; nothing was run.
                  a.conf:1  name: missing; add name, a text
                  a.conf:1  so small a network learns nothing""");
        refuses(Network.class, "name = n\nfrom = a", """
                1 problem in the recipe; nothing was run.
                  a.conf:1  most: missing; add most, a whole number""");
    }

    @Test
    void nothingIsSaidOfWhatIsMissing() {
        // "to" is a list and could not be bound: that it is missing beside "from" is not so
        refuses("name = n\nepochs = 1\nrate = 1\nseeds = [1]\nfrom = a\nto = [b]", """
                1 problem in the recipe; nothing was run.
                  a.conf:6  to: must be a text, was a list""");
    }

    private static void refuses(String hocon, String message) {
        refuses(Training.class, hocon, message);
    }

    private static void refuses(Class<? extends Record> type, String hocon, String message) {
        ConfigSource source = ConfigSource.text("a.conf", hocon).withReference(Reference.parse(""));
        assertThatThrownBy(() -> Binder.with().bind(source, type))
                .isInstanceOf(ConfigException.class)
                .hasMessage(message);
    }
}
