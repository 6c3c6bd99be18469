package io.retort.cli;

import io.retort.config.FilePaths;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;

/**
 * Relative paths of a recipe begin at its folder, those of the command line and of environment variables at the working
 * directory.
 *
 * <p>In earlier versions all of them began at the working directory, or at the user's home of a cluster's file system.
 * Where a file is there and not in the recipe's folder, it is still taken, with a warning.
 */
final class RecipePaths implements FilePaths {
    private final org.apache.hadoop.fs.Path folder;
    private final org.apache.hadoop.fs.Path workingDirectory;
    private final Configuration configuration;
    private final Consumer<String> warnings;

    /** @param recipe its file */
    RecipePaths(String recipe, Configuration configuration, Consumer<String> warnings) {
        this.folder = directory(folder(recipe));
        this.workingDirectory = directory(Path.of("").toAbsolutePath());
        this.configuration = configuration;
        this.warnings = warnings;
    }

    private static Path folder(String recipe) {
        try {
            return Path.of(recipe).toAbsolutePath().normalize().getParent();
        } catch (InvalidPathException e) {
            return Path.of("").toAbsolutePath(); // there is no such recipe, which its reader reports
        }
    }

    private static org.apache.hadoop.fs.Path directory(Path local) {
        return new org.apache.hadoop.fs.Path("file:" + local + "/");
    }

    @Override
    public String ofRecipe(String key, String path) {
        return resolved(folder, key, path, "the recipe's folder");
    }

    @Override
    public String ofShell(String key, String path) {
        return resolved(workingDirectory, key, path, "the working directory");
    }

    private String resolved(org.apache.hadoop.fs.Path from, String key, String path, String place) {
        org.apache.hadoop.fs.Path written;
        try {
            written = new org.apache.hadoop.fs.Path(path);
        } catch (IllegalArgumentException e) {
            return path; // whoever opens it reports the problem
        }
        if (written.isUriPathAbsolute() || written.toUri().getScheme() != null) {
            return path;
        }
        org.apache.hadoop.fs.Path now = new org.apache.hadoop.fs.Path(from, written);
        org.apache.hadoop.fs.Path before = before(written);
        if (now.equals(before) || !exists(before)) {
            return now.toString();
        } else if (exists(now)) {
            warnings.accept(key + ": " + path + " is taken from " + place + ", " + name(from) + ", and not " + before
                    + ", which is there too");
            return now.toString();
        }
        warnings.accept(key + ": " + path + " is taken from " + name(before.getParent()) + ", for it is not in "
                + name(from) + "; from the next release on only " + place
                + " counts, so write it relative to that, or absolute");
        return before.toString();
    }

    private static String name(org.apache.hadoop.fs.Path local) {
        return "file".equals(local.toUri().getScheme()) ? local.toUri().getPath() : local.toString();
    }

    /** The meaning of a relative path in earlier versions. */
    private org.apache.hadoop.fs.Path before(org.apache.hadoop.fs.Path written) {
        try {
            FileSystem fileSystem = written.getFileSystem(configuration);
            return fileSystem.makeQualified(written);
        } catch (IOException | IllegalArgumentException e) {
            return new org.apache.hadoop.fs.Path(workingDirectory, written); // a file system that is not known here
        }
    }

    private boolean exists(org.apache.hadoop.fs.Path path) {
        try {
            FileSystem fileSystem = path.getFileSystem(configuration);
            FileStatus[] found = fileSystem.exists(path) ? new FileStatus[1] : fileSystem.globStatus(path);
            return found != null && found.length > 0;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }
}
