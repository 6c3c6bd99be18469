package io.retort.registry;

import io.retort.config.Names;
import io.retort.network.Network;
import io.retort.registry.VersionFiles.RegistryJson;
import io.retort.storage.ArtifactException;
import io.retort.storage.Json;
import io.retort.storage.Lease;
import io.retort.storage.Storage;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * One model of the registry: {@code <root>/registry/<model>/}, with its {@code versions/}, the pointer
 * {@code champion.json}, the {@code history/} of that pointer, {@code refused.json}, {@code withdrawn/} and the
 * {@code lock/} of those who write.
 *
 * <p>Reading needs no lock: a version appears as a whole and is never changed, and the pointer is replaced in one step,
 * so a reader at any moment, and after any crash, finds a complete champion, the old one or the new one. All that
 * writes takes the model's {@link Lease} as proof, and checks it again right before the step that counts.
 */
public final class RegisteredModel {
    private final Storage storage;
    private final Path directory;
    private final String name;
    private final Clock clock;
    private final VersionFiles files;
    private final Path pointer;
    private final Withdrawals withdrawn;

    /** @param root which holds {@code registry/}; nothing is created before something is added */
    public RegisteredModel(Storage storage, Path root, String name, Clock clock) {
        Names.requireForPath("model", name);
        this.storage = storage;
        this.directory = new Path(root, "registry/" + name);
        this.name = name;
        this.clock = clock;
        this.files = new VersionFiles(storage, new Path(directory, "versions"));
        this.pointer = new Path(directory, "champion.json");
        this.withdrawn = new Withdrawals(storage, new Path(directory, "withdrawn"), files);
    }

    /** The names of all models under a root, sorted. */
    public static List<String> names(Storage storage, Path root) {
        return storage.list(new Path(root, "registry")).stream()
                .filter(FileStatus::isDirectory)
                .map(status -> status.getPath().getName())
                .filter(Names::isForPath)
                .toList();
    }

    public String name() {
        return name;
    }

    public Path directory() {
        return directory;
    }

    /** The right to change this model. */
    public Lease lease(String what, Lease.Terms terms) {
        return Lease.acquire(storage, new Path(directory, "lock"), what, terms, clock);
    }

    /** All complete versions, ascending. */
    public List<Version> versions() {
        return files.numbers().stream()
                .flatMap(number -> files.find(number).stream())
                .toList();
    }

    /**
     * The promotions that stand: that of the champion, the one that a rollback would return to, and so on, without
     * those that were rolled back.
     */
    public List<Promotion> lineage() {
        List<Promotion> lineage = new ArrayList<>();
        champion().ifPresent(lineage::add);
        while (!lineage.isEmpty() && lineage.get(lineage.size() - 1).back() > 0) {
            lineage.add(entry(lineage.get(lineage.size() - 1).back()));
        }
        return lineage;
    }

    /** A complete version, if it is there still. */
    public Optional<Version> find(int number) {
        return files.find(number);
    }

    /** A complete version. */
    public Version version(int number) {
        return files.find(number)
                .orElseThrow(() -> new ArtifactException("model '" + name + "' has no version " + number + "; it has "
                        + versions().stream().map(Version::number).toList()));
    }

    /** The champion, if one was ever promoted. */
    public Optional<Promotion> champion() {
        return storage.exists(pointer) ? Optional.of(read(pointer)) : Optional.empty();
    }

    /** The promotions that took effect, the last one first. */
    public List<Promotion> history() {
        List<Promotion> history = new ArrayList<>();
        champion().ifPresent(history::add);
        while (!history.isEmpty() && history.get(history.size() - 1).follows() > 0) {
            history.add(entry(history.get(history.size() - 1).follows()));
        }
        return history;
    }

    /** The versions that somebody took back and that were not promoted since, removed ones too, ascending. */
    public List<Withdrawal> withdrawals() {
        return withdrawn.of(history());
    }

    /** How a version that was taken back becomes the champion all the same. */
    public String remedy(Withdrawal withdrawal) {
        int version = withdrawal.version();
        return find(version).isPresent()
                ? "`retort models promote " + name + " " + version + "` publishes it all the same"
                : "it was pruned; remove " + withdrawn.path(version) + " to let it be trained again";
    }

    /** The exported model, verified by its digest. */
    public byte[] onnx(Version version) {
        return files.verified(version, VersionFiles.ONNX);
    }

    /** The network, verified by its digest. */
    public Network network(Version version) {
        return files.network(version);
    }

    /** The keys of the shards that a version learned from. */
    public List<String> shards(Version version) {
        return files.shards(version);
    }

    /** The challenger that was refused last, if one was. */
    public Optional<Rejection> refusal() {
        Path path = new Path(directory, "refused.json");
        return storage.exists(path)
                ? Optional.of(RegistryJson.parse(storage.read(path), path, Rejection.FORMAT, Rejection.class))
                : Optional.empty();
    }

    /** Remembers that a challenger was refused. */
    public void refuse(Lease lease, Rejection refusal) {
        lease.requireHeld();
        storage.replace(new Path(directory, "refused.json"), Json.file(refusal));
    }

    /** Stores a version under the next number, and removes unfinished ones. It is not the champion yet. */
    public Version add(Lease lease, ModelCard card, Network network, Exported exported, List<String> shards) {
        lease.requireHeld();
        List<Integer> numbers = files.numbers();
        int last = numbers.isEmpty() ? 0 : numbers.get(numbers.size() - 1);
        int number = 1 + Math.max(last, champion().map(Promotion::version).orElse(0));
        for (int other : numbers) {
            if (!files.complete(other)) {
                files.delete(other);
            }
        }
        deleteTemporary(directory);
        deleteTemporary(new Path(directory, "history"));
        files.write(number, card, network, exported, shards);
        return version(number);
    }

    /** Makes a version the champion. */
    public Promotion promote(Lease lease, int version, String why) {
        Optional<Promotion> last = champion();
        return point(
                lease,
                last,
                version(version),
                Promotion.Action.PROMOTED,
                why,
                last.map(Promotion::sequence).orElse(0L));
    }

    /** Makes the version the champion again that was so before the present one was promoted. */
    public Promotion rollback(Lease lease, String why) {
        Promotion last = champion()
                .orElseThrow(() -> new ArtifactException("model '" + name + "' has no champion, so none to leave"));
        if (last.back() == 0) {
            throw new ArtifactException("model '" + name + "' had no champion before version " + last.version()
                    + "; promote another version by its number");
        }
        Promotion before = entry(last.back());
        return point(
                lease, Optional.of(last), version(before.version()), Promotion.Action.ROLLED_BACK, why, before.back());
    }

    /** The versions that neither the champion nor a rollback needs, other than the newest {@code keep}, ascending. */
    public List<Version> unneeded(int keep) {
        if (keep < 1) {
            throw new IllegalArgumentException("at least 1 version must be kept, was " + keep);
        }
        Set<Integer> needed = new HashSet<>();
        champion().ifPresent(last -> {
            needed.add(last.version());
            if (last.back() > 0) {
                needed.add(entry(last.back()).version());
            }
        });
        List<Version> all = versions();
        return all.subList(0, Math.max(0, all.size() - keep)).stream()
                .filter(version -> !needed.contains(version.number()))
                .toList();
    }

    /** Removes versions for good; not one that the champion or a rollback needs. Withdrawals stay known. */
    public void remove(Lease lease, List<Version> versions) {
        Set<Version> allowed = new HashSet<>(unneeded(1));
        for (Version version : versions) {
            if (!allowed.contains(version)) {
                throw new IllegalArgumentException("version " + version.number() + " of model '" + name
                        + "' is the champion, or is needed for a rollback, or is the newest; it is not removed");
            }
            lease.requireHeld();
            withdrawn.keep(version.number(), history());
            files.delete(version.number());
        }
    }

    private Promotion point(
            Lease lease, Optional<Promotion> last, Version version, Promotion.Action action, String why, long back) {
        if (last.isPresent() && last.get().lease() > lease.number()) {
            throw new IllegalStateException("lease " + lease.number() + " of model '" + name + "' is older than "
                    + last.get().lease() + ", under which the champion was promoted; is the lock directory another's?");
        }
        files.verify(version);
        long follows = last.map(Promotion::sequence).orElse(0L);
        for (long sequence = follows + 1; ; sequence++) {
            Promotion next = new Promotion(
                    Promotion.FORMAT,
                    sequence,
                    version.number(),
                    action,
                    clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(),
                    why,
                    follows,
                    back,
                    lease.number(),
                    "versions/" + version.number() + "/" + VersionFiles.ONNX,
                    version.file(VersionFiles.ONNX).sha256());
            // a file that is there is of a promotion that was interrupted here, between history and pointer
            if (storage.create(historyFile(sequence), Json.file(next))) {
                lease.requireHeld();
                storage.replace(pointer, Json.file(next));
                return next;
            }
        }
    }

    /** Only the holder of the lease writes here, so unfinished files are of one that died. */
    private void deleteTemporary(Path path) {
        storage.list(path).stream()
                .map(FileStatus::getPath)
                .filter(file -> file.getName().startsWith(".") && file.getName().endsWith(".tmp"))
                .forEach(storage::delete);
    }

    private Path historyFile(long sequence) {
        return new Path(directory, "history/" + sequence + ".json");
    }

    private Promotion entry(long sequence) {
        return read(historyFile(sequence));
    }

    private Promotion read(Path path) {
        return RegistryJson.parse(storage.read(path), path, Promotion.FORMAT, Promotion.class);
    }

    /**
     * The last challenger that did not become champion: {@code refused.json}.
     *
     * @param key of all that its training and judging depended on, other than the champion
     * @param run the directory of the run that made it
     * @param reasons one sentence for each gate that it did not pass
     */
    public record Rejection(int format, String key, String at, String run, List<String> reasons) {
        static final int FORMAT = 1;

        public Rejection {
            reasons = List.copyOf(reasons);
        }

        public Rejection(String key, String at, String run, List<String> reasons) {
            this(FORMAT, key, at, run, reasons);
        }
    }

    /**
     * What programs that serve a version read.
     *
     * @param testVectors rows with its answers, as JSON
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Exported(byte[] onnx, byte[] testVectors) {}

    /** A complete model that may be or was published, and never changes. Its number is the name of its directory. */
    public record Version(int number, Path directory, ModelCard card, List<Content> files) {
        public Version {
            files = List.copyOf(files);
        }

        /**
         * A file of a version.
         *
         * @param name relative to the version's directory
         * @param sha256 of its bytes, as {@code sha256sum} prints it
         */
        public record Content(String name, long bytes, String sha256) {}

        Content file(String name) {
            return files.stream()
                    .filter(file -> file.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(directory + " has no " + name));
        }
    }
}
