package io.retort.recipe;

import io.retort.config.Names;
import io.retort.config.SettingException;
import io.retort.registry.GateSettings;
import io.retort.storage.Lease;
import java.time.Duration;
import java.util.Optional;

/**
 * How {@code retort retrain} makes a challenger and whom it must face.
 *
 * @param model its name in the registry; only {@code retort retrain} needs it
 * @param student which of the recipe's students it is; may be absent where there is one
 * @param start where its training begins
 * @param lock of the model
 * @param gates that it must pass
 */
public record RetrainSettings(
        Optional<String> model, Optional<String> student, Start start, Lock lock, GateSettings gates) {
    public RetrainSettings {
        model.ifPresent(name -> Names.requireForPath("model", name));
    }

    /** Where a training begins. */
    public enum Start {
        /** At the champion's parameters, where it has the same layers. */
        CHAMPION,
        /** At the parameters that the seed gives. */
        SCRATCH
    }

    /**
     * How the model is locked while it is retrained.
     *
     * @param leaseTime after which a process that has not renewed its lock may be taken for dead
     * @param waitTime how long a second start waits for the first
     */
    public record Lock(Duration leaseTime, Duration waitTime) {
        public Lock {
            if (leaseTime.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new SettingException("lease-time", "must be at least 1 s, was " + leaseTime.toMillis() + " ms");
            }
            if (waitTime.isNegative()) {
                throw new SettingException("wait-time", "must not be negative, was " + waitTime.toMillis() + " ms");
            }
        }

        public Lease.Terms terms() {
            return new Lease.Terms(leaseTime, waitTime);
        }
    }
}
