package io.retort.clean;

import io.retort.clean.Cleaning.CleanReport.Kind;
import io.retort.network.NetworkFiles;
import io.retort.storage.Storage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** Goes once through a root's store and finds unneeded entries. It holds one directory's listing at a time. */
final class StoreSweep {
    private static final String PARQUET = ".parquet";

    private final Storage storage;
    private final Path store;
    private final LiveReferences needed;
    private final Instant youngest;
    private final Consumer<Path> unneeded;

    /**
     * @param youngest entries that were written later stay, needed or not: a run may be about to use them
     * @param unneeded receives each file or directory that nobody needs
     */
    StoreSweep(Storage storage, Path root, LiveReferences needed, Instant youngest, Consumer<Path> unneeded) {
        this.storage = storage;
        this.store = new Path(root, "store");
        this.needed = needed;
        this.youngest = youngest;
        this.unneeded = unneeded;
    }

    /** What stays and what goes, by kind. */
    List<Kind> sweep() {
        Count temporary = new Count("temporary files");
        List<Kind> kinds = new ArrayList<>();
        kinds.add(files("shards", "shards", temporary, name -> needed.holdsShard(key(name))));
        kinds.add(files("lists of shards", "datasets", temporary, name -> needed.holds("store/datasets/" + name)));
        kinds.add(files("vocabularies", "vocabularies", temporary, name -> needed.holds("store/vocabularies/" + name)));
        kinds.add(labels(temporary));
        kinds.add(networks(temporary));
        kinds.add(models(temporary));
        kinds.add(files("figures", "evaluations", temporary, name -> needed.holds("store/evaluations/" + name)));
        kinds.add(files("checkpoints", "checkpoints", temporary, name -> needed.holds("store/checkpoints/" + name)));
        kinds.add(temporary.kind());
        return kinds;
    }

    /** Whether the entry of this name is needed. */
    private interface Need {
        boolean of(String name);
    }

    private Kind files(String title, String directory, Count temporary, Need need) {
        Count count = new Count(title);
        files(new Path(store, directory), count, temporary, need);
        return count.kind();
    }

    private void files(Path directory, Count count, Count temporary, Need need) {
        for (FileStatus file : storage.list(directory)) {
            String name = file.getPath().getName();
            Path path = new Path(directory, name);
            if (isTemporary(name)) {
                decide(path, file.getLen(), isYoung(file), temporary);
            } else if (file.isFile() && !name.startsWith(".")) {
                decide(path, file.getLen(), isYoung(file) || need.of(name), count);
            }
        }
    }

    private Kind labels(Count temporary) {
        Count count = new Count("label files");
        Path all = new Path(store, "labels");
        for (FileStatus teacher : storage.list(all)) {
            Path ofTeacher = new Path(all, teacher.getPath().getName());
            for (FileStatus set : storage.list(ofTeacher)) {
                String name = set.getPath().getName();
                boolean used = needed.holds("store/labels/" + ofTeacher.getName() + "/" + name);
                files(new Path(ofTeacher, name), count, temporary, file -> used && needed.holdsShard(key(file)));
                removeIfEmpty(new Path(ofTeacher, name), "store/labels/" + ofTeacher.getName() + "/" + name);
            }
            removeIfEmpty(ofTeacher, "store/labels/" + ofTeacher.getName() + "/");
        }
        return count.kind();
    }

    /** First goes the file that stands for all others. */
    private Kind networks(Count temporary) {
        return directories(
                "networks", temporary, directory -> unneeded.accept(new Path(directory, NetworkFiles.STRUCTURE)));
    }

    /** Copies of large models for executors. */
    private Kind models(Count temporary) {
        return directories("models", temporary, directory -> {});
    }

    /** @param before receives a directory that goes, first */
    private Kind directories(String kind, Count temporary, Consumer<Path> before) {
        Count count = new Count(kind);
        Path all = new Path(store, kind);
        for (FileStatus entry : storage.list(all)) {
            Path directory = new Path(all, entry.getPath().getName());
            long bytes = 0;
            boolean stays = isYoung(entry) || needed.holds("store/" + kind + "/" + directory.getName());
            for (FileStatus file : storage.list(directory)) {
                if (isTemporary(file.getPath().getName())) {
                    decide(new Path(directory, file.getPath().getName()), file.getLen(), isYoung(file), temporary);
                } else {
                    bytes += file.getLen();
                    stays |= isYoung(file);
                }
            }
            if (!stays) {
                before.accept(directory);
            }
            decide(directory, bytes, stays, count);
        }
        return count.kind();
    }

    private void decide(Path path, long bytes, boolean stays, Count count) {
        if (stays) {
            count.stay++;
            count.stayBytes += bytes;
        } else {
            count.go++;
            count.goBytes += bytes;
            unneeded.accept(path);
        }
    }

    /** Into a directory that a run has announced, it may be just about to write. */
    private void removeIfEmpty(Path directory, String entry) {
        if (!needed.holdsAnyOf(entry) && storage.list(directory).isEmpty()) {
            unneeded.accept(directory);
        }
    }

    private boolean isYoung(FileStatus file) {
        return Instant.ofEpochMilli(file.getModificationTime()).isAfter(youngest);
    }

    /** Also damaged files that were set aside. */
    private static boolean isTemporary(String name) {
        return name.startsWith(".") && (name.endsWith(".tmp") || name.endsWith(".damaged"));
    }

    private static String key(String name) {
        return name.endsWith(PARQUET) ? name.substring(0, name.length() - PARQUET.length()) : name;
    }

    private static final class Count {
        private final String title;
        private long stay;
        private long stayBytes;
        private long go;
        private long goBytes;

        Count(String title) {
            this.title = title;
        }

        Kind kind() {
            return new Kind(title, stay, stayBytes, go, goBytes);
        }
    }
}
