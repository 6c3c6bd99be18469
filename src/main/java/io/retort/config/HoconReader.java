package io.retort.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import io.retort.config.ConfigException.Problem;
import io.retort.config.ConfigException.Problem.Position;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads a HOCON file and the files that it includes. A file may come from anybody: sizes, nesting and includes are
 * bounded, and included files lie in the directory of the file, in one that the user allows, or below.
 */
final class HoconReader {
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_INCLUDES = 100;
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");

    private final List<Problem> problems;
    private final Deque<Path> open = new ArrayDeque<>();
    private final List<Path> directories = new ArrayList<>();
    private int included;

    /** @param allowed directories beside the file's own from which files may be included */
    HoconReader(List<String> allowed, List<Problem> problems) {
        this.problems = problems;
        allowed.forEach(directory -> directories.add(Path.of(directory)));
    }

    /** The content of a file, or the text that stands for it; each error becomes a problem. */
    Config read(String name, Optional<String> text) {
        Position whole = new Position(name, 0);
        try {
            Path path = Path.of(name);
            directories.add(Optional.ofNullable(path.getParent()).orElse(Path.of("")));
            return text.or(() -> content(path, whole, ""))
                    .map(hocon -> parse(name, hocon, path))
                    .orElse(ConfigFactory.empty());
        } catch (InvalidPathException e) {
            problems.add(new Problem(whole, "", "is no path of a file: " + e.getReason()));
            return ConfigFactory.empty();
        }
    }

    /** A file named by an include statement; {@code where} is that statement. */
    Config include(String what, Path includer, Position where) {
        String subject = "include \"" + what + "\": ";
        try {
            Path path = includer.resolveSibling(what).normalize();
            if (open.contains(path)) {
                problems.add(new Problem(where, "", subject + "a file must not include itself"));
            } else if (leaves(path)) {
                problems.add(new Problem(
                        where,
                        "",
                        subject
                                + "must lie in the directory of the recipe or below it; put the file there, or allow its"
                                + " directory on the command line by --allow-includes DIR"));
            } else if (++included > MAX_INCLUDES) {
                problems.add(new Problem(where, "", subject + "is one of more than " + MAX_INCLUDES + " includes"));
            } else {
                return content(path, where, subject + path + " ")
                        .map(hocon -> parse(path.toString(), hocon, path))
                        .orElse(ConfigFactory.empty());
            }
        } catch (InvalidPathException e) {
            problems.add(new Problem(where, "", subject + "is no path of a file: " + e.getReason()));
        }
        return ConfigFactory.empty();
    }

    /** Whether a path lies outside of all directories that are allowed, by its name or because it is a link. */
    private boolean leaves(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        if (directories.stream()
                .noneMatch(
                        allowed -> absolute.startsWith(allowed.toAbsolutePath().normalize()))) {
            return true;
        }
        try {
            if (!Files.exists(path)) {
                return false;
            }
            Path real = path.toRealPath();
            for (Path allowed : directories) {
                if (Files.exists(allowed.toAbsolutePath())
                        && real.startsWith(allowed.toAbsolutePath().toRealPath())) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return false; // it cannot be read either, and that is reported
        }
    }

    private Config parse(String name, String hocon, Path path) {
        open.push(path.normalize());
        ConfigParseOptions options = ConfigParseOptions.defaults()
                .setSyntax(ConfigSyntax.CONF)
                .setOriginDescription(name)
                .setIncluder(new FileIncluder(name, hocon, path));
        try {
            return ConfigFactory.parseString(hocon, options);
        } catch (com.typesafe.config.ConfigException e) {
            problems.add(Loaded.problem(e, name));
        } catch (StackOverflowError e) {
            problems.add(new Problem(new Position(name, 0), "", "is nested too deeply"));
        } finally {
            open.pop();
        }
        return ConfigFactory.empty();
    }

    private Optional<String> content(Path path, Position where, String subject) {
        String refusal;
        try {
            if (Files.isDirectory(path)) {
                refusal = "is a directory; name a file";
            } else if (!Files.exists(path)) {
                refusal = "does not exist; check the path";
            } else if (!Files.isRegularFile(path)) {
                refusal = "is not a regular file";
            } else if (Files.size(path) > MAX_BYTES) {
                refusal = "must have at most " + MAX_BYTES + " bytes, has " + Files.size(path);
            } else {
                return Optional.of(Files.readString(path));
            }
        } catch (CharacterCodingException e) {
            refusal = "must be UTF-8 text, and is not";
        } catch (IOException e) {
            refusal = "cannot be read: " + e.getMessage();
        }
        problems.add(new Problem(where, "", subject + refusal));
        return Optional.empty();
    }

    /** The include statements of one file: other files, relative to it, and nothing from a network or a class path. */
    private final class FileIncluder
            implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
        private final String name;
        private final String hocon;
        private final Path path;

        FileIncluder(String name, String hocon, Path path) {
            this.name = name;
            this.hocon = hocon;
            this.path = path;
        }

        @Override
        public ConfigIncluder withFallback(ConfigIncluder fallback) {
            return this; // The library's own includer would reach further.
        }

        @Override
        public ConfigObject include(ConfigIncludeContext context, String what) {
            return SCHEME.matcher(what).matches() ? refused(what) : file(what);
        }

        @Override
        public ConfigObject includeFile(ConfigIncludeContext context, File what) {
            return file(what.getPath());
        }

        @Override
        public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
            return refused(what.toString());
        }

        @Override
        public ConfigObject includeResources(ConfigIncludeContext context, String what) {
            return refused(what);
        }

        private ConfigObject file(String what) {
            return HoconReader.this.include(what, path, position(what)).root();
        }

        private ConfigObject refused(String what) {
            problems.add(new Problem(
                    position(what), "", "include \"" + what + "\": only files can be included, by their path"));
            return ConfigFactory.empty().root();
        }

        /** The library does not report the line of an include. */
        private Position position(String what) {
            List<String> lines = hocon.lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).contains("include") && lines.get(i).contains("\"" + what + "\"")) {
                    return new Position(name, i + 1);
                }
            }
            return new Position(name, 0);
        }
    }
}
