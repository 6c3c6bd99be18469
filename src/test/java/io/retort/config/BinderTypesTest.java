package io.retort.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BinderTypesTest {
    private static final Reference NO_DEFAULTS = Reference.parse("");

    enum Activation {
        RELU6,
        HARD_SWISH
    }

    record Scalars(
            int epochs,
            long seed,
            double learningRate,
            String name,
            Activation activation,
            Duration timeout,
            Optional<Integer> limit,
            Optional<String> note) {}

    record Inner(int size) {}

    record Composites(
            List<Long> seeds,
            List<Double> weights,
            List<List<Integer>> grid,
            Map<String, String> spark,
            Inner inner,
            List<Inner> inners,
            Optional<Inner> absent) {}

    record Free(Map<String, String> spark) {}

    record OneInt(int count) {}

    record OneLong(long count) {}

    record OneDouble(double rate) {}

    record OneText(String text) {}

    record OneDuration(Duration timeout) {}

    record OneEnum(Activation activation) {}

    record OneList(List<Integer> sizes) {}

    record OneOptional(Optional<Integer> limit) {}

    record Unbindable(Object thing) {}

    @Test
    void bindsEveryScalarType() {
        Scalars bound = bind("""
                epochs = 3
                seed = 9007199254740993
                learning-rate = 2e-3
                name = W1 student
                activation = hard-swish
                timeout = 90 s
                limit = 7
                """, Scalars.class);
        assertThat(bound)
                .isEqualTo(new Scalars(
                        3,
                        9007199254740993L,
                        0.002,
                        "W1 student",
                        Activation.HARD_SWISH,
                        Duration.ofSeconds(90),
                        Optional.of(7),
                        Optional.empty()));
    }

    @Test
    void bindsListsMapsAndRecords() {
        Composites bound = bind("""
                seeds = [1, 2, 9007199254740993]
                weights = [0.5, 1]
                grid = [[1, 2], []]
                spark { executor.memory = 2g, "spark.speculation" = true, cores = 2 }
                inner.size = 4
                inners = [{ size = 1 }, { size = 2 }]
                """, Composites.class);
        assertThat(bound)
                .isEqualTo(new Composites(
                        List.of(1L, 2L, 9007199254740993L),
                        List.of(0.5, 1.0),
                        List.of(List.of(1, 2), List.of()),
                        Map.of("executor.memory", "2g", "spark.speculation", "true", "cores", "2"),
                        new Inner(4),
                        List.of(new Inner(1), new Inner(2)),
                        Optional.empty()));
    }

    @Test
    void takesNumbersThatStandInTextsAndWholeNumbersInScientificNotation() {
        assertThat(bind("count = \"12\"", OneInt.class)).isEqualTo(new OneInt(12));
        assertThat(bind("count = 1e6", OneLong.class)).isEqualTo(new OneLong(1_000_000));
        assertThat(bind("rate = \"1e-3\"", OneDouble.class)).isEqualTo(new OneDouble(0.001));
        assertThat(bind("text = 1e6", OneText.class)).isEqualTo(new OneText("1e6"));
    }

    @Test
    void nullUnsetsAnOptional() {
        ConfigSource source = ConfigSource.text("a.conf", "limit = null").withReference(Reference.parse("limit = 3"));
        assertThat(Binder.with().bind(source, OneOptional.class)).isEqualTo(new OneOptional(Optional.empty()));
    }

    @Test
    void aMapIsMergedWithItsDefaults() {
        ConfigSource source = ConfigSource.text("a.conf", "spark { a = 1 }")
                .withReference(Reference.parse("spark { a = 0, b.c = 2 }"));
        assertThat(Binder.with().bind(source, Free.class)).isEqualTo(new Free(Map.of("a", "1", "b.c", "2")));
    }

    @Test
    void refusesWhatIsNoWholeNumber() {
        refuses("count = many", OneInt.class, "count: must be a whole number, was 'many'");
        refuses("count = 1.5", OneInt.class, "count: must be a whole number, was 1.5");
        refuses("count = [1]", OneInt.class, "count: must be a whole number, was a list");
        refuses("count { a = 1 }", OneInt.class, "count: must be a whole number, was an object { ... }");
        refuses("count = 1e999999999", OneLong.class, "count: must be a whole number, was 1e999999999");
        refuses("count = 2147483648", OneInt.class, "count: must be in [-2147483648, 2147483647], was 2147483648");
        refuses(
                "count = 9223372036854775808",
                OneLong.class,
                "count: must be in [-9223372036854775808, 9223372036854775807], was '9223372036854775808'");
    }

    @Test
    void refusesWhatIsNoNumber() {
        refuses("rate = fast", OneDouble.class, "rate: must be a number, was 'fast'");
        refuses("rate = NaN", OneDouble.class, "rate: must be a number, was 'NaN'");
        refuses("rate = 1e999", OneDouble.class, "rate: must be a number, was 1e999");
    }

    @Test
    void refusesWhatIsNoDuration() {
        String allowed = "timeout: must be a duration such as '30 s' or '5 minutes', was ";
        refuses("timeout = 30", OneDuration.class, allowed + "30");
        refuses("timeout = 5 fortnights", OneDuration.class, allowed + "'5 fortnights'");
        refuses("timeout = -5 s", OneDuration.class, allowed + "'-5 s'");
    }

    @Test
    void refusesAConstantThatTheEnumDoesNotHave() {
        refuses("activation = RELU6", OneEnum.class, "activation: must be one of relu6, hard-swish, was 'RELU6'");
    }

    @Test
    void refusesWhatIsNoListTextOrMap() {
        refuses("sizes = 3", OneList.class, "sizes: must be a list, was 3");
        refuses("sizes = [1, x]", OneList.class, "sizes[1]: must be a whole number, was 'x'");
        refuses("text = [a]", OneText.class, "text: must be a text, was a list");
        refuses("spark = yes", Free.class, "spark: must be an object { key = text ... }, was 'yes'");
        refuses("spark { a = [1] }", Free.class, "spark.a: must be a text, was a list");
    }

    @Test
    void refusesAKeyThatIsMissingOrNull() {
        refuses("", OneInt.class, "count: missing; add count, a whole number");
        refuses("count = null", OneInt.class, "count: missing; add count, a whole number");
    }

    @Test
    void aTypeThatCannotBeBoundIsAMistakeOfTheProgram() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> bind("thing = 1", Unbindable.class))
                .withMessage("a component of type class java.lang.Object at thing cannot be bound;"
                        + " see Binder for the types that can");
    }

    private static <T extends Record> T bind(String hocon, Class<T> type) {
        return Binder.with().bind(ConfigSource.text("a.conf", hocon).withReference(NO_DEFAULTS), type);
    }

    private static void refuses(String hocon, Class<? extends Record> type, String problem) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> bind(hocon, type))
                .withMessage("1 problem in the recipe; nothing was run.\n  a.conf:1  " + problem);
    }
}
