package io.retort.recipe;

import io.retort.config.Names;
import io.retort.config.PartlyIdle;
import io.retort.config.SettingException;
import io.retort.data.LabelColumns;
import io.retort.data.Target;
import io.retort.data.encode.TokenInput;
import io.retort.data.shard.TableFit;
import io.retort.data.source.ReaderSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the samples come from.
 *
 * @param fetch a data set that {@code submit-scripts/fetch-data} knows; the launcher fetches it before the run
 * @param train what teacher and students learn from
 * @param test held out; every figure in a report is of these samples
 * @param validation the samples on which everything is chosen
 * @param labelLimit so many training samples keep their labels, those whose ids have the least hashes: for experiments
 *     with few labels
 * @param unseenClasses by name, whose rows no student learns from, and no baseline; a teacher that is trained here does
 * @param embedding where a teacher's vectors are learned
 * @param samplesPerShard the unit of labelling, caching and averaging
 * @param scaling how raw features become a network's input
 * @param categories how the dictionaries of categories are made
 * @param viewSeed seeds the augmentations
 */
public record DataSettings(
        Optional<String> fetch,
        ReaderSettings train,
        ReaderSettings test,
        Optional<Validation> validation,
        Optional<Integer> labelLimit,
        Optional<List<String>> unseenClasses,
        Optional<Embedding> embedding,
        int samplesPerShard,
        Scaling scaling,
        TableFit.Settings categories,
        long viewSeed)
        implements PartlyIdle {
    /** How raw features are scaled; the scaling becomes part of each network. */
    public enum Scaling {
        /** To mean 0 and deviation 1 per channel over the training samples. */
        STANDARDISE,
        /** Not at all. */
        NONE
    }

    /**
     * What networks predict where a teacher's vectors are learned. Labels, where there are some, only judge them.
     *
     * @param dimension values of a student's vector, at most those of the teacher's
     */
    public record Embedding(int dimension) {
        public Embedding {
            SettingException.requirePositive("dimension", dimension);
        }
    }

    public DataSettings {
        if (samplesPerShard < 1 || samplesPerShard > 1_000_000) {
            throw new SettingException("samples-per-shard", "must be in [1, 1000000], was " + samplesPerShard);
        }
        if (labelLimit.isPresent() && labelLimit.get() < 1) {
            throw new SettingException("label-limit", "must be at least 1, was " + labelLimit.get());
        }
        requireTexts("test", train, test, scaling);
        validation
                .flatMap(Validation::source)
                .ifPresent(source -> requireTexts("validation.source", train, source, scaling));
    }

    @Override
    public Map<String, String> idle() {
        Map<String, String> idle = new LinkedHashMap<>();
        if (hasTexts()) {
            for (String vocabulary : List.of("test.vocabulary", "test.text.vocabulary")) {
                idle.put(vocabulary, "held-out texts have the training texts' vocabulary");
            }
        }
        if (embedding.isPresent()) {
            idle.put("label-limit", "nothing learns from labels where data.embedding is set");
        }
        return idle;
    }

    /** The same of other sources. */
    public DataSettings with(
            ReaderSettings otherTrain, ReaderSettings otherTest, Optional<ReaderSettings> otherValidation) {
        return new DataSettings(
                fetch,
                otherTrain,
                otherTest,
                validation.map(split -> otherValidation.map(split::with).orElse(split)),
                labelLimit,
                unseenClasses,
                embedding,
                samplesPerShard,
                scaling,
                categories,
                viewSeed);
    }

    /** The validation split's own source; nothing where it is a part of the training samples, or there is none. */
    public Optional<ReaderSettings> validationSource() {
        return validation.flatMap(Validation::source);
    }

    /**
     * What networks predict.
     *
     * @param found what the labels of the sources are
     * @throws SettingException where the recipe does not fit that
     */
    public Target target(Target found) {
        if (embedding.isEmpty() && found.outputs() == 0) {
            throw new SettingException(
                    "data.train.classes",
                    "missing, and so is a column of labels; say how many classes there are, or name them by"
                            + " class-names; where a teacher's vectors are learned, set data.embedding.dimension");
        }
        if (embedding.isPresent() && found.kind() != LabelColumns.Kind.CLASS) {
            throw new SettingException(
                    "data.train.target",
                    "must be left out where data.embedding is set, for a label beside vectors is one class, which"
                            + " judges them, was " + Names.kebab(found.kind()));
        }
        List<String> classes = found.isLabelled() ? found.classes() : List.of();
        return embedding
                .<Target>map(vectors -> new Target.EmbeddingTarget(vectors.dimension(), classes))
                .orElse(found);
    }

    /**
     * The places of the unseen classes among those of a target.
     *
     * @throws SettingException where they are not some of them
     */
    public List<Integer> unseenOf(Target target) {
        List<Integer> places = unseenClasses.orElse(List.of()).stream()
                .map(target.names()::indexOf)
                .distinct()
                .toList();
        if (unseenClasses.isPresent()
                && (target.kind() != LabelColumns.Kind.CLASS
                        || !target.isLabelled()
                        || places.isEmpty()
                        || places.contains(-1)
                        || places.size() == target.outputs())) {
            throw new SettingException(
                    "data.unseen-classes",
                    "must be some classes of rows that have one each, of " + target.classes() + ", and not all, was "
                            + unseenClasses.get());
        }
        return places;
    }

    /** All sources, by their place in the recipe. */
    public Map<String, ReaderSettings> sources() {
        Map<String, ReaderSettings> sources = new LinkedHashMap<>();
        sources.put("data.train", train);
        sources.put("data.test", test);
        validationSource().ifPresent(source -> sources.put("data.validation.source", source));
        return sources;
    }

    /** Whether samples are texts. */
    public boolean hasTexts() {
        return train.texts().isPresent();
    }

    private static void requireTexts(String key, ReaderSettings train, ReaderSettings test, Scaling scaling) {
        if (train.texts().isPresent() != test.texts().isPresent()) {
            throw new SettingException(
                    key,
                    train.texts().isPresent()
                            ? "must hold texts for networks, as train does, in kind text or by text of kind spark, was "
                                    + kind(test)
                            : "must hold no texts for networks, for train, of kind " + kind(train) + ", holds none");
        }
        if (train.texts().isEmpty()) {
            return;
        }
        TokenInput.Settings texts = train.texts().get();
        TokenInput.Settings heldOut = test.texts().orElseThrow();
        if (scaling != Scaling.NONE) {
            throw new SettingException(
                    "scaling", "must be none for texts, for token ids are names and not amounts, was standardise");
        }
        if (heldOut.tokenizer().isPresent() && !heldOut.tokenizer().equals(texts.tokenizer())) {
            throw new SettingException(
                    key,
                    "must have the tokenizer of train or none, for held-out texts are cut as the training texts are, was "
                            + heldOut.tokenizer().get());
        }
        if (heldOut.vocabularyFile().isPresent() && !heldOut.vocabularyFile().equals(texts.vocabularyFile())) {
            throw new SettingException(
                    key,
                    "must have the vocabulary-file of train or none, for held-out texts"
                            + " have the training texts' vocabulary, was "
                            + heldOut.vocabularyFile().get());
        }
    }

    private static String kind(ReaderSettings reader) {
        return ReaderSettings.CATALOGUE.kindOf(reader).name();
    }

    /**
     * The validation split: the rows on which everything is chosen, so that the held-out rows are only measured.
     *
     * @param fraction of the rows of {@code data.train}, which are not trained on then; which rows depends on their ids
     *     alone
     * @param source of the rows, instead
     */
    public record Validation(Optional<Double> fraction, Optional<ReaderSettings> source) {
        public Validation {
            if (fraction.isPresent() == source.isPresent()) {
                throw fraction.isPresent()
                        ? new SettingException(
                                "source", "must not be set beside fraction; the rows come from the one or the other")
                        : new SettingException(
                                "fraction",
                                "missing; give the part of data.train that is set aside, or rows of their own in source");
            }
            if (fraction.isPresent() && !(fraction.get() > 0 && fraction.get() < 1)) {
                throw new SettingException("fraction", "must be in (0, 1), was " + fraction.get());
            }
        }

        /** The same of another source. */
        Validation with(ReaderSettings other) {
            return new Validation(Optional.empty(), Optional.of(other));
        }
    }
}
