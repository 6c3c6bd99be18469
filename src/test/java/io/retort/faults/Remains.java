package io.retort.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.TinyJob;
import io.retort.storage.Digest;
import io.retort.storage.Storage;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * What a run left under its root: digests by path.
 *
 * @param student the files of the student that the last run exported
 * @param labels all label files of the store, which depend on neither time nor place
 */
public record Remains(Map<String, String> student, Map<String, String> labels) {
    /** Reads what the last of {@code runs} runs left. */
    public static Remains of(Storage storage, Path root, int runs) {
        return of(storage, root, runs, runs);
    }

    /** Reads what the {@code number}th of {@code runs} runs left, counting from 1. */
    public static Remains of(Storage storage, Path root, int number, int runs) {
        var directories = storage.list(new Path(root, "runs/" + TinyJob.NAME));
        assertThat(directories).hasSize(runs);
        Map<String, String> student =
                digests(storage, directories.get(number - 1).getPath());
        student.keySet().removeIf(name -> !name.startsWith("student-"));
        return new Remains(student, digests(storage, new Path(root, "store/labels")));
    }

    private static Map<String, String> digests(Storage storage, Path directory) {
        Map<String, String> digests = new TreeMap<>();
        for (FileStatus file : storage.list(directory)) {
            String name = file.getPath().getName();
            if (file.isDirectory()) {
                digests(storage, file.getPath()).forEach((inner, digest) -> digests.put(name + "/" + inner, digest));
            } else if (!name.startsWith(".")) {
                digests.put(name, new Digest().add(storage.read(file.getPath())).hex());
            }
        }
        return digests;
    }
}
