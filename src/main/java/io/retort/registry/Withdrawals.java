package io.retort.registry;

import io.retort.network.NetworkFiles;
import io.retort.registry.RegisteredModel.Version;
import io.retort.registry.VersionFiles.RegistryJson;
import io.retort.storage.ArtifactException;
import io.retort.storage.Json;
import io.retort.storage.Storage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/**
 * The versions that were taken back. The history of the pointer has them, so that nothing more has to be written when
 * one is; {@code withdrawn/<version>.json} keeps what such a version is known by when the version itself is removed.
 */
final class Withdrawals {
    private final Storage storage;
    private final Path directory;
    private final VersionFiles files;

    Withdrawals(Storage storage, Path directory, VersionFiles files) {
        this.storage = storage;
        this.directory = directory;
        this.files = files;
    }

    /**
     * Those that stand, by version: each was left by a rollback, or for an older version that somebody chose, and has
     * not become the champion since.
     *
     * @param history the last promotion first
     */
    List<Withdrawal> of(List<Promotion> history) {
        return standing(history).values().stream()
                .flatMap(left -> find(left).stream())
                .toList();
    }

    /** Keeps the identity of a version, if it was taken back. */
    void keep(int version, List<Promotion> history) {
        Optional.ofNullable(standing(history).get(version))
                .flatMap(this::find)
                .ifPresent(withdrawal -> storage.write(path(version), Json.file(withdrawal)));
    }

    /** The file that keeps the identity of a removed version. */
    Path path(int version) {
        return new Path(directory, version + ".json");
    }

    private record Left(int version, Promotion promotion) {}

    private static Map<Integer, Left> standing(List<Promotion> history) {
        Map<Integer, Left> standing = new TreeMap<>();
        for (int i = history.size() - 1; i >= 0; i--) {
            Promotion promotion = history.get(i);
            int before = i + 1 < history.size() ? history.get(i + 1).version() : 0;
            if (promotion.action() == Promotion.Action.ROLLED_BACK || promotion.version() < before) {
                standing.put(before, new Left(before, promotion));
            }
            standing.remove(promotion.version());
        }
        return standing;
    }

    private Optional<Withdrawal> find(Left left) {
        Optional<Version> version = files.find(left.version());
        if (version.isPresent()) {
            Promotion promotion = left.promotion();
            return Optional.of(new Withdrawal(
                    Withdrawal.FORMAT,
                    left.version(),
                    promotion.at(),
                    promotion.why(),
                    promotion.version(),
                    version.get().card().origin(),
                    network(version.get()),
                    files.shards(version.get())));
        }
        Path path = path(left.version());
        return storage.exists(path)
                ? Optional.of(RegistryJson.parse(storage.read(path), path, Withdrawal.FORMAT, Withdrawal.class))
                : Optional.empty();
    }

    /** A version that was taken back and is damaged stops no night; its origin still identifies it. */
    private String network(Version version) {
        try {
            return NetworkFiles.fingerprint(files.network(version));
        } catch (ArtifactException e) {
            return "";
        }
    }
}
