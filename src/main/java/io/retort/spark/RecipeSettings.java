package io.retort.spark;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which of Spark's settings a recipe may hold. A recipe may come from anybody, and many settings name classes, jars,
 * JVM options, scripts or places to write to; so it may set sizes, counts, times and the keys of object stores. All
 * others are for the command line or Spark's own configuration, whose author is the user.
 */
public final class RecipeSettings {
    private static final List<Pattern> ALLOWED = List.of(
            Pattern.compile("spark\\.task\\.(cpus|maxFailures)"),
            Pattern.compile(
                    "spark\\.executor\\.(cores|instances|memory|memoryOverhead|memoryOverheadFactor|heartbeatInterval)"),
            Pattern.compile("spark\\.(cores\\.max|default\\.parallelism|network\\.timeout)"),
            Pattern.compile("spark\\.speculation(\\.(interval|multiplier|quantile|minTaskRuntime))?"),
            Pattern.compile("spark\\.excludeOnFailure\\.[A-Za-z.]+"),
            Pattern.compile("spark\\.dynamicAllocation\\.[A-Za-z.]+"),
            Pattern.compile("spark\\.locality\\.wait(\\.(node|process|rack))?"),
            Pattern.compile("spark\\.memory\\.(fraction|storageFraction)"),
            Pattern.compile("spark\\.broadcast\\.(blockSize|compress|checksum)"),
            Pattern.compile("spark\\.rpc\\.(askTimeout|lookupTimeout|message\\.maxSize)"),
            Pattern.compile("spark\\.scheduler\\.(mode|minRegisteredResourcesRatio|maxRegisteredResourcesWaitingTime)"),
            Pattern.compile("spark\\.stage\\.maxConsecutiveAttempts"),
            Pattern.compile("spark\\.sql\\.shuffle\\.partitions"),
            Pattern.compile("spark\\.yarn\\.(maxAppAttempts|submit\\.waitAppCompletion)"),
            Pattern.compile("spark\\.kubernetes\\.(executor\\.deleteOnTermination|container\\.image\\.pullPolicy)"),
            Pattern.compile(
                    "spark\\.hadoop\\.fs\\.s3a\\.(bucket\\.[A-Za-z0-9.-]+\\.)?(access\\.key|secret\\.key|session\\.token|"
                            + "connection\\.maximum|connection\\.timeout|threads\\.max|attempts\\.maximum|path\\.style\\.access|endpoint\\.region|"
                            + "md5\\.header\\.enabled|checksum\\.calculation\\.enabled|checksum\\.validation)"));

    private RecipeSettings() {}

    /** Why a recipe must not hold a setting, if it must not. */
    public static Optional<String> refusal(String key) {
        return ALLOWED.stream().anyMatch(pattern -> pattern.matcher(key).matches())
                ? Optional.empty()
                : Optional.of(
                        "must not stand in a recipe, which may come from anybody, because it is not one of the sizes, counts and times of"
                                + " spark.task, executor, speculation, excludeOnFailure, dynamicAllocation, locality, memory, broadcast, rpc and"
                                + " scheduler, nor a key of fs.s3a; give it on the command line: retort --conf " + key
                                + "=... run ...");
    }
}
