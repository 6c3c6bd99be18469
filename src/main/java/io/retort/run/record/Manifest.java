package io.retort.run.record;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonRawValue;
import java.util.List;
import java.util.Map;

/**
 * The stages of a run and its inputs: {@code manifest.json}. It is written anew after each stage, so that a killed run
 * leaves one that shows how far it came.
 *
 * @param key the digest of all that the run's results depend on, see {@link ReusableRun}; empty where it is unknown
 * @param recipe as it was bound, secrets redacted
 * @param problem why the run failed, or where it goes on that was stopped; empty where it did neither
 */
public record Manifest(
        int version,
        String name,
        String run,
        String key,
        Status status,
        String started,
        String finished,
        List<Stage> stages,
        String problem,
        Map<String, String> environment,
        @JsonRawValue String recipe) {
    static final int VERSION = 1;

    /**
     * The part of a manifest that is read back.
     *
     * @param key empty in manifests of versions that had none
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Head(Status status, String started, String key) {
        public Head {
            if (status == null || started == null) {
                throw new IllegalArgumentException("a manifest has a status and a start");
            }
            key = key == null ? "" : key;
        }
    }

    /** How a run ended, if it did. */
    public enum Status {
        RUNNING,
        DONE,
        FAILED,
        /** Its process was ended from outside, by Ctrl-C or a scheduler. */
        STOPPED
    }

    /** Whether a stage computed something. */
    public enum Outcome {
        DONE,
        REUSED
    }

    /**
     * One step of the run.
     *
     * @param fingerprint under which the result is in the store
     */
    public record Stage(String name, String fingerprint, Outcome outcome, double seconds) {}
}
