package io.retort.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import io.retort.config.Problem.Position;
import java.io.File;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The include statements of one file: other files, relative to it, and nothing from a network or a class path. */
final class FileIncluder implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");

    private final HoconReader reader;
    private final List<Problem> problems;
    private final String name;
    private final String hocon;
    private final Path path;

    FileIncluder(HoconReader reader, List<Problem> problems, String name, String hocon, Path path) {
        this.reader = reader;
        this.problems = problems;
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
        return reader.include(what, path, position(what)).root();
    }

    private ConfigObject refused(String what) {
        problems.add(
                new Problem(position(what), "", "include \"" + what + "\": only files can be included, by their path"));
        return ConfigFactory.empty().root();
    }

    /** The library does not say on which line an include stands. */
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
