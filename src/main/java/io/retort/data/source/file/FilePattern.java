package io.retort.data.source.file;

import io.retort.storage.ArtifactException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A path of a recipe: names that are there as they are written, and from the first other name on a pattern with
 * {@code *}, {@code ?}, {@code [a-c]} or {@code {a,b}}, in which a backslash takes its meaning from the next character.
 *
 * <p>A name that is there is no pattern, even if it has such characters, as {@code part[1].csv} has. Where it is there
 * and matches further names as a pattern, it is refused.
 */
final class FilePattern {
    private static final Pattern SPECIAL = Pattern.compile("[*?\\[{\\\\]");
    private static final Pattern NAMES_HIDDEN = Pattern.compile("(.*[{,])?[_.].*");

    private final FileSystem fileSystem;
    private final Path fixed;
    /** What follows the fixed part. */
    private final List<String> names;

    private FilePattern(FileSystem fileSystem, Path fixed, List<String> names) {
        this.fileSystem = fileSystem;
        this.fixed = fixed;
        this.names = names;
    }

    static FilePattern of(FileSystem fileSystem, Path written) throws IOException {
        Path whole = fileSystem.makeQualified(written);
        List<String> names = Arrays.stream(whole.toUri().getPath().split("/"))
                .filter(name -> !name.isEmpty())
                .toList();
        Path fixed = within(whole, "/");
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            Path next = within(fixed, name);
            if (SPECIAL.matcher(name).find()) {
                if (!fileSystem.exists(next)) {
                    return new FilePattern(fileSystem, fixed, names.subList(i, names.size()));
                }
                refuseFurther(fileSystem, next, within(escaped(fixed), name));
            }
            fixed = next;
        }
        return new FilePattern(fileSystem, fixed, List.of());
    }

    /** What stands before the pattern; all of a path that has none. */
    Path fixed() {
        return fixed;
    }

    /**
     * The files and directories, sorted by name. A pattern matches no name that begins with {@code _} or {@code .}, and
     * nothing below one, unless it has that character there.
     */
    List<FileStatus> matches() throws IOException {
        if (names.isEmpty()) {
            try {
                return List.of(fileSystem.getFileStatus(fixed));
            } catch (FileNotFoundException e) {
                return List.of();
            }
        }
        return glob(fileSystem, within(escaped(fixed), String.join("/", names))).stream()
                .filter(this::isMeant)
                .toList();
    }

    /**
     * Whether a name is one of those that programs give to what is no data, or not yet: Spark's and Hadoop's markers
     * and unfinished files. A directory such as {@code _day=1} is a column's value.
     */
    static boolean isHidden(String name) {
        return name.startsWith(".") || (name.startsWith("_") && !name.contains("=")) || name.endsWith("._COPYING_");
    }

    private boolean isMeant(FileStatus match) {
        List<String> found = new ArrayList<>();
        for (Path at = match.getPath(); at.depth() > fixed.depth(); at = at.getParent()) {
            found.add(0, at.getName());
        }
        for (int i = 0; i < found.size(); i++) {
            // A brace may hold slashes, and then the two have other lengths.
            boolean named = found.size() == names.size()
                    && NAMES_HIDDEN.matcher(names.get(i)).matches();
            if (isHidden(found.get(i)) && !named) {
                return false;
            }
        }
        return true;
    }

    private static void refuseFurther(FileSystem fileSystem, Path literal, Path pattern) {
        List<Path> further;
        try {
            further = glob(fileSystem, pattern).stream()
                    .map(FileStatus::getPath)
                    .filter(path -> !path.equals(literal))
                    .toList();
        } catch (IOException e) { // no pattern at all
            return;
        }
        if (!further.isEmpty()) {
            throw new ArtifactException(literal + " is there, and as a pattern its name matches " + further.get(0)
                    + (further.size() == 1 ? "" : " and " + (further.size() - 1) + " more")
                    + "; write " + escaped(literal.getName()) + " for the one (in quotes with each backslash twice), or"
                    + " the names of the others");
        }
    }

    private static List<FileStatus> glob(FileSystem fileSystem, Path pattern) throws IOException {
        FileStatus[] found = fileSystem.globStatus(pattern);
        return found == null ? List.of() : List.of(found);
    }

    private static Path escaped(Path path) {
        return within(path, "/" + escaped(path.toUri().getPath()).substring(1));
    }

    private static String escaped(String name) {
        return SPECIAL.matcher(name).replaceAll("\\\\$0");
    }

    /** A name may hold a colon, which {@code Path(parent, name)} takes for the end of a scheme. */
    private static Path within(Path parent, String name) {
        String above = parent.toUri().getPath();
        String path = name.startsWith("/") ? name : above.endsWith("/") ? above + name : above + "/" + name;
        return new Path(parent.toUri().getScheme(), parent.toUri().getAuthority(), path);
    }
}
