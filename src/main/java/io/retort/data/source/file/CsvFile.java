package io.retort.data.source.file;

import com.univocity.parsers.common.TextParsingException;
import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import io.retort.storage.ArtifactException;
import io.retort.storage.Storage;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;

/**
 * An open CSV file with a header, in UTF-8, plain or gzipped.
 *
 * <p>Other bytes than UTF-8's are refused, not replaced: a replaced character is another label or another word.
 */
public final class CsvFile implements AutoCloseable {
    private static final int MOST_COLUMNS = 1 << 17;
    private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final Path path;
    private final int mostCharacters;
    private final CsvParser parser;
    private final List<String> header;
    /** Where each name stands; -1 of one that stands twice. */
    private final Map<String, Integer> places = new HashMap<>();

    private String[] row = {};
    private long line;

    /** @param mostCharacters of one value */
    public CsvFile(Storage storage, Path path, char delimiter, int mostCharacters) {
        this.path = path;
        this.mostCharacters = mostCharacters;
        CsvParserSettings settings = new CsvParserSettings();
        settings.getFormat().setDelimiter(delimiter);
        settings.setLineSeparatorDetectionEnabled(true);
        settings.setCommentProcessingEnabled(false);
        settings.setReadInputOnSeparateThread(false);
        settings.setSkipEmptyLines(false);
        settings.setSkipBitsAsWhitespace(false); // a NUL is part of its value
        settings.setMaxColumns(MOST_COLUMNS);
        settings.setMaxCharsPerColumn(mostCharacters); // a file need not have a second line
        settings.setNullValue("");
        parser = new CsvParser(settings);
        InputStream in = withoutMark(SourceFiles.open(storage, path));
        CharsetDecoder strict = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        String[] names = parsed(() -> {
            parser.beginParsing(new LineFeeds(new InputStreamReader(in, strict)));
            return parser.parseNext();
        });
        if (names == null || isBlank(names)) {
            close();
            throw new ArtifactException(
                    path + " must begin with a header that names the columns, but its first line is empty");
        }
        header = List.of(names);
        for (int i = 0; i < names.length; i++) {
            places.merge(names[i], i, (first, second) -> -1);
        }
    }

    public List<String> header() {
        return header;
    }

    public int column(String role, String name) {
        Integer index = places.get(name);
        if (index == null) {
            throw new ArtifactException(
                    path + " has no column " + name + " for the " + role + "; its columns are " + shortened(header));
        }
        if (index < 0) {
            throw new ArtifactException(path + " has two columns " + name + "; the " + role + " needs one");
        }
        return index;
    }

    /** Goes to the next row that is not empty; false at the end. */
    public boolean next() {
        do {
            line = parser.getContext().currentLine() + 1;
            String[] next = parsed(parser::parseNext);
            if (next == null) {
                return false;
            }
            row = next;
        } while (row.length == 1 && row[0].isEmpty() && header.size() > 1);
        if (row.length != header.size()) {
            throw new ArtifactException(path + ":" + line + " has " + row.length + " values, but the header names "
                    + header.size() + " columns");
        }
        return true;
    }

    /** How many rows {@link #next} would still go to; their values are not looked at. */
    public long remaining() {
        long rows = 0;
        while (next()) {
            rows++;
        }
        return rows;
    }

    /** What the next rows have in a column, so many at most. */
    public List<String> texts(int column, int most) {
        List<String> texts = new ArrayList<>();
        while (texts.size() < most && next()) {
            texts.add(text(column));
        }
        return texts;
    }

    public String text(int column) {
        return row[column];
    }

    /**
     * Why the row's value in a column is refused.
     *
     * @param remedy what to do about it
     */
    public ArtifactException refuse(int column, String allowed, String remedy) {
        return new ArtifactException(place() + " column " + header.get(column) + ": must be " + allowed + ", was "
                + (row[column].isEmpty() ? "empty" : "\"" + row[column] + "\"") + remedy);
    }

    /** Where the row is, for messages. */
    public String place() {
        return path + ":" + line;
    }

    /** The parser reads some thousand lines ahead, so of bytes that are no characters it does not know the line. */
    private String[] parsed(Supplier<String[]> read) {
        try {
            return read.get();
        } catch (TextParsingException | IllegalStateException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            if (root instanceof CharacterCodingException) {
                throw new ArtifactException(
                        path + " is not UTF-8: after line " + line + " it has bytes that are no characters; convert it",
                        e);
            }
            if (root instanceof ArrayIndexOutOfBoundsException) {
                throw new ArtifactException(
                        path + ":" + Math.max(1, line) + " has a value of more than " + mostCharacters
                                + " characters, or a quote that nothing closes",
                        e);
            }
            String reason =
                    String.valueOf(root.getMessage()).lines().findFirst().orElse("");
            throw new ArtifactException(path + " cannot be read as CSV after line " + line + ": " + reason, e);
        }
    }

    /** Without the byte order mark that some programs put before UTF-8. */
    private InputStream withoutMark(InputStream in) {
        try {
            in.mark(MARK.length);
            if (!Arrays.equals(in.readNBytes(MARK.length), MARK)) {
                in.reset();
            }
            return in;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        parser.stopParsing();
    }

    private static boolean isBlank(String[] names) {
        return Arrays.stream(names).allMatch(String::isBlank);
    }

    private static String shortened(List<String> names) {
        return names.size() <= 20 ? names.toString() : names.subList(0, 20) + " and " + (names.size() - 20) + " more";
    }

    /** Makes a line feed of each CRLF, for the parser takes the first line's end for that of all lines. */
    private static final class LineFeeds extends FilterReader {
        LineFeeds(Reader of) {
            super(new PushbackReader(of));
        }

        /** At least one character where there is one: what is read may be nothing but the CR of a CRLF. */
        @Override
        public int read(char[] into, int from, int count) throws IOException {
            int kept = from;
            while (kept == from) {
                int end = from + in.read(into, from, count);
                if (end < from) {
                    return -1;
                }
                for (int i = from; i < end; i++) {
                    if (into[i] != '\r' || (i + 1 < end ? into[i + 1] : ahead()) != '\n') {
                        into[kept++] = into[i];
                    }
                }
            }
            return kept - from;
        }

        private int ahead() throws IOException {
            int next = in.read();
            if (next >= 0) {
                ((PushbackReader) in).unread(next);
            }
            return next;
        }
    }
}
