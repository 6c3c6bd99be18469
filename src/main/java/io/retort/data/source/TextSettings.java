package io.retort.data.source;

import io.retort.config.FilePaths.FilePath;
import io.retort.config.PartlyIdle;
import io.retort.config.SettingException;
import io.retort.data.LabelColumns;
import io.retort.data.encode.TokenInput;
import io.retort.data.source.SourceColumns.ColumnRoles;
import io.retort.storage.Storage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Kind {@code text}: CSV files with a header, UTF-8, plain or gzipped, with a column of texts, and perhaps a column of
 * labels. Networks take the ids of a text's first tokens ({@link TokenInput}).
 *
 * @param paths files, patterns or directories; sorted by name within each entry
 * @param text the column of texts
 * @param label the column of class indices, class names or numbers, empty where a row has none; nothing where no row has
 *     a label, or {@code labels} has the columns
 * @param id the column of whole numbers that tell the samples apart; without one, the file's name and the row do
 * @param columns further ones
 * @param length tokens of each sample: longer texts are cut, shorter ones padded
 * @param vocabulary how many different tokens have ids at most: the most frequent of the training texts
 * @param vocabularyFile has the tokens instead, one per line
 * @param tokenizer a {@code tokenizer.json} of Hugging Face that makes the ids instead
 * @param delimiter one character
 * @param classes how many classes there are; needless beside their names
 * @param classNames by class index
 * @param limit only the first so many samples
 * @param target what a label is; a class where nothing is said
 * @param labels the columns of a label's values, all of them empty where a row has no label
 */
public record TextSettings(
        @FilePath List<String> paths,
        String text,
        Optional<String> label,
        Optional<String> id,
        List<FurtherColumn> columns,
        int length,
        int vocabulary,
        @FilePath Optional<String> vocabularyFile,
        String delimiter,
        Optional<Integer> classes,
        List<String> classNames,
        Optional<Long> limit,
        Optional<LabelColumns.Kind> target,
        Optional<List<String>> labels,
        @FilePath Optional<String> tokenizer)
        implements FileSource.Settings, ReaderSettings.OfColumns, PartlyIdle {
    public TextSettings {
        paths = List.copyOf(paths);
        classNames = List.copyOf(classNames);
        columns = List.copyOf(columns);
        SettingsChecks.paths("paths", paths);
        SettingsChecks.name("text", text);
        new TokenInput.Settings(text, length, Optional.of(vocabulary), vocabularyFile, tokenizer); // checks them
        SettingsChecks.limit(limit);
        LabelColumns labelColumns =
                LabelColumns.of(target, label, labels, classes, classNames).withoutList();
        FurtherColumn.requireSingle(columns);
        FurtherColumn.check(
                columns,
                Stream.of(Stream.of(text), labelColumns.columns().stream(), id.stream())
                        .flatMap(names -> names));
        if (labelColumns.columns().contains(text)) {
            throw new SettingException("text", "must be another column than label, was " + text);
        }
        if (delimiter.length() != 1) {
            throw new SettingException("delimiter", "must be one character, was \"" + delimiter + "\"");
        }
    }

    private TokenInput.Settings ids() {
        return new TokenInput.Settings(text, length, Optional.of(vocabulary), vocabularyFile, tokenizer);
    }

    @Override
    public Optional<TokenInput.Settings> texts() {
        return Optional.of(ids());
    }

    @Override
    public Map<String, String> idle() {
        return ids().idle();
    }

    @Override
    public Map<String, List<String>> files() {
        Map<String, List<String>> files = new LinkedHashMap<>(Map.of("paths", paths));
        files.putAll(ids().files(""));
        return files;
    }

    @Override
    public CsvReader reader() {
        return new CsvReader(
                new CsvReader.Layout(
                        paths,
                        labelColumns(),
                        id.stream().toList(),
                        FurtherColumn.columns(columns),
                        List.of(),
                        delimiter.charAt(0)),
                new Tokens(
                        text,
                        length,
                        vocabulary,
                        vocabularyFile.stream().toList(),
                        tokenizer.stream().toList()));
    }

    /**
     * The same as settings that travel.
     *
     * @param file none or one
     * @param tokenizer none or one
     */
    private record Tokens(String text, int length, int vocabulary, List<String> file, List<String> tokenizer)
            implements CsvReader.Main {
        @Override
        public TokenInput input(Storage storage, String first, List<String> header) {
            return new TokenInput.Settings(
                            text,
                            length,
                            Optional.of(vocabulary),
                            file.stream().findFirst(),
                            tokenizer.stream().findFirst())
                    .input(storage);
        }
    }

    @Override
    public ColumnRoles roles(Source.Header header) {
        return ColumnRoles.of(
                header.columns(), List.of(text), labelColumns().columns(), id, FurtherColumn.names(columns), List.of());
    }
}
