package io.retort.recipe;

import io.retort.config.SettingException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A search for students: the recipe's first student is the template, and each candidate is that student with other
 * settings at some of its keys. Further students are trained as they are and set beside the front.
 *
 * @param strategy that proposes candidates
 * @param quality by which candidates are compared, on the validation rows
 * @param objectives beside quality, each as small as possible
 * @param limits that no candidate exceeds
 * @param filter that leaves poor candidates out without a training of their own
 * @param window how many trials may be under way beside the oldest: the strategy knows the outcomes of all but the last
 *     {@code window - 1} trials, whatever order they end in
 * @param seeds of the strategy; each gives a search of its own
 * @param compareWith a strategy that gets the same budget, seeds and limits
 */
public record SearchSettings(
        Space space,
        StrategySettings strategy,
        Quality quality,
        List<Objective> objectives,
        Limits limits,
        Optional<FilterSettings> filter,
        Budget budget,
        int window,
        List<Long> seeds,
        Optional<Comparison> compareWith) {
    public SearchSettings {
        objectives = List.copyOf(objectives);
        seeds = List.copyOf(seeds);
        SettingException.requirePositive("window", window);
        requireDifferent("objectives", objectives);
        requireDifferent("seeds", seeds);
        if (seeds.isEmpty()) {
            throw new SettingException("seeds", "must name at least one seed, such as [1]");
        }
        if (compareWith.isPresent() && strategy instanceof StrategySettings.Random) {
            throw new SettingException(
                    "compare-with", "must not be random where the strategy is, for both would be the same search");
        }
    }

    private static void requireDifferent(String key, List<?> values) {
        if (new HashSet<>(values).size() < values.size()) {
            throw new SettingException(key, "must differ, was " + values);
        }
    }

    /** The other strategy. */
    public enum Comparison {
        RANDOM
    }

    /** What is to be as great, or of a loss as small, as possible. */
    public enum Quality {
        /** The score of the task, such as accuracy. */
        SCORE,
        /** The mean divergence from the teacher. */
        SOFT_LABEL_LOSS
    }

    /** A cost. It is known before a candidate is trained, but for what compression leaves of one. */
    public enum Objective {
        /** Those that the optimiser moves. */
        PARAMETERS,
        /** Multiply-accumulates of one sample. */
        MACS,
        /** Of the exported file. */
        BYTES,
        /** Milliseconds of one sample on one thread of this machine, predicted from its pieces' measured ones. */
        LATENCY
    }

    /** The most that a candidate may cost; no limit where a value is absent. */
    public record Limits(
            Optional<Long> parameters, Optional<Long> macs, Optional<Long> bytes, Optional<Double> latencyMs) {
        public Limits {
            require("parameters", parameters);
            require("macs", macs);
            require("bytes", bytes);
            if (latencyMs.isPresent() && !(latencyMs.get() > 0)) {
                throw new SettingException("latency-ms", "must be > 0, was " + latencyMs.get());
            }
        }

        private static void require(String key, Optional<Long> limit) {
            if (limit.isPresent() && limit.get() < 1) {
                throw new SettingException(key, "must be at least 1, was " + limit.get());
            }
        }

        /** The limit of a cost, if it has one. */
        public Optional<Double> of(Objective cost) {
            return switch (cost) {
                case PARAMETERS -> parameters.map(Long::doubleValue);
                case MACS -> macs.map(Long::doubleValue);
                case BYTES -> bytes.map(Long::doubleValue);
                case LATENCY -> latencyMs;
            };
        }
    }

    /**
     * What a search may spend, whatever its strategy.
     *
     * @param candidates that may have the template's epochs; a strategy that gives some less tries more of them
     */
    public record Budget(int candidates) {
        public Budget {
            SettingException.requirePositive("candidates", candidates);
        }
    }

    /**
     * What may be chosen.
     *
     * @param dimensions one choice each
     * @param keys of the student whose values are put together from choices
     */
    public record Space(List<Dimension> dimensions, List<Placed> keys) {
        public Space {
            dimensions = List.copyOf(dimensions);
            keys = List.copyOf(keys);
            if (dimensions.isEmpty()) {
                throw new SettingException("dimensions", "must not be empty; without a choice there is one student");
            }
            List<String> titles = dimensions.stream().map(Dimension::title).toList();
            if (new HashSet<>(titles).size() < titles.size()) {
                throw new SettingException("dimensions", "must have different names and keys, were " + titles);
            }
            Set<String> names = dimensions.stream()
                    .flatMap(dimension -> dimension.name().stream())
                    .collect(Collectors.toSet());
            Set<String> used =
                    keys.stream().flatMap(key -> key.names().stream()).collect(Collectors.toSet());
            for (String name : names) {
                if (!used.contains(name)) {
                    throw new SettingException(
                            "dimensions",
                            "has '" + name + "', which no value of keys holds; write {" + name
                                    + "} into one, or give the dimension a key instead of a name");
                }
            }
            used.removeAll(names);
            searchedKeys(dimensions, keys).forEach(Space::requireOfTraining);
            if (!used.isEmpty()) {
                throw new SettingException("keys", "hold " + used + ", but dimensions of these names are not there");
            }
        }

        /** Whether a choice is how candidates are compressed. */
        public boolean isOfCompression() {
            return searchedKeys(dimensions, keys).anyMatch(key -> key.startsWith("compress"));
        }

        private static Stream<String> searchedKeys(List<Dimension> dimensions, List<Placed> keys) {
            return Stream.concat(
                    dimensions.stream().flatMap(dimension -> dimension.key().stream()),
                    keys.stream().map(Placed::key));
        }

        /** Of others the front would not know the price: candidates have the same epochs and see the same views. */
        private static void requireOfTraining(String key) {
            boolean searched = key.matches("(architecture|losses|compress)([.\\[].*)?|training\\..*");
            String ofStage = "(compress\\[\\w+]\\.)";
            if (!searched
                    || key.matches(ofStage + "?training\\.(epochs|views)\\b.*")
                    || key.matches(ofStage + "(training|steps)")) {
                throw new SettingException(
                        "dimensions",
                        "must be of keys below architecture, losses, training or compress, but not of epochs, views or"
                                + " steps, was '" + key + "'");
            }
        }
    }

    /**
     * A choice among values.
     *
     * @param name that values of {@link Space#keys} hold in braces
     * @param key of the student that has the value itself, such as {@code training.learning-rate.rate}
     * @param values as on the command line: one that begins with a bracket is a list
     * @param range of numbers, instead of values
     */
    public record Dimension(
            Optional<String> name, Optional<String> key, List<String> values, Optional<NumberRange> range) {
        public Dimension {
            values = List.copyOf(values);
            if (name.isPresent() == key.isPresent()) {
                throw new SettingException("name", "or key must be given, one of the two");
            }
            if (name.filter(text -> !text.matches("[A-Za-z][A-Za-z0-9-]*")).isPresent()) {
                throw new SettingException(
                        "name", "must be letters, digits and hyphens, such as width1, was '" + name.get() + "'");
            }
            if (values.isEmpty() == range.isEmpty()) {
                throw new SettingException("values", "or range must be given, one of the two");
            }
            requireDifferent("values", values);
        }

        public String title() {
            return name.or(() -> key).orElseThrow();
        }

        /** What may be chosen, as a recipe would spell it. */
        public List<String> choices() {
            return range.map(NumberRange::choices).orElse(values);
        }
    }

    /**
     * A value that is put together.
     *
     * @param key of the student, such as {@code architecture.chain[2]}
     * @param value with names of dimensions in braces, such as <code>{block}{width}</code>
     */
    public record Placed(String key, String value) {
        private static final Pattern NAME = Pattern.compile("\\{([^{}]*)}");

        Set<String> names() {
            return NAME.matcher(value).results().map(name -> name.group(1)).collect(Collectors.toSet());
        }
    }

    /**
     * Numbers at equal distances or, with a logarithmic scale, equal ratios.
     *
     * @param steps how many numbers there are, both ends included
     */
    public record NumberRange(double from, double to, int steps, Scale scale) {
        private static final MathContext DIGITS = new MathContext(4);

        public NumberRange {
            if (!(from < to)) {
                throw new SettingException("to", "must be greater than from, " + from + ", was " + to);
            }
            if (steps < 2) {
                throw new SettingException("steps", "must be at least 2, was " + steps);
            }
            if (scale == Scale.LOG && !(from > 0)) {
                throw new SettingException("from", "must be greater than 0 on a log scale, was " + from);
            }
        }

        /** Equal distances of the numbers, or of their logarithms. */
        public enum Scale {
            LINEAR,
            LOG
        }

        /** With four digits. */
        List<String> choices() {
            return IntStream.range(0, steps)
                    .mapToDouble(step -> (double) step / (steps - 1))
                    .map(at -> scale == Scale.LOG ? from * StrictMath.pow(to / from, at) : from + (to - from) * at)
                    .mapToObj(number -> new BigDecimal(number)
                            .round(DIGITS)
                            .stripTrailingZeros()
                            .toPlainString())
                    .toList();
        }
    }
}
