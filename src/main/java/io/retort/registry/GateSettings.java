package io.retort.registry;

import io.retort.config.SettingException;
import java.util.Optional;

/** The limits that a challenger must keep to become the champion; those against a champion where there is one. */
public record GateSettings(
        Accuracy accuracy,
        Classes classes,
        Calibration calibration,
        Agreement agreement,
        Bytes bytes,
        Latency latency,
        Data data) {
    /** The required outcome of the paired test. */
    public enum Required {
        /** The challenger may be replaced by chance, but is not significantly worse. */
        NOT_WORSE,
        /** The challenger is significantly better. */
        BETTER
    }

    /**
     * Accuracy on the held-out samples.
     *
     * @param margin by which the challenger's may be below the best that a champion had on these samples; a fraction
     * @param floor that it must reach; so must it the share of the most frequent class, in any case
     * @param teacherGap by which it may be below the teacher's
     * @param significance below this probability a lead is not taken for chance
     * @param required of the paired test
     */
    public record Accuracy(double margin, double floor, double teacherGap, double significance, Required required) {
        public Accuracy {
            requireFraction("margin", margin);
            requireFraction("floor", floor);
            requireFraction("teacher-gap", teacherGap);
            if (!(significance > 0 && significance <= 0.5)) {
                throw new SettingException("significance", "must be in (0, 0.5], was " + significance);
            }
        }
    }

    /**
     * Limits class by class.
     *
     * @param margin by which the challenger's balanced accuracy may be below the champion's; a fraction
     * @param floor that the balanced accuracy must reach
     * @param recallFloor that the recall of each class with held-out samples must reach
     * @param recallMargin by which the recall of each class may be below the champion's; a fraction
     */
    public record Classes(double margin, double floor, double recallFloor, double recallMargin) {
        public Classes {
            requireFraction("margin", margin);
            requireFraction("floor", floor);
            requireFraction("recall-floor", recallFloor);
            requireFraction("recall-margin", recallMargin);
        }
    }

    /**
     * Expected calibration error.
     *
     * @param margin by which the challenger's may be above the champion's
     * @param most the greatest that is allowed
     */
    public record Calibration(double margin, double most) {
        public Calibration {
            requireFraction("margin", margin);
            requireFraction("most", most);
        }
    }

    /**
     * Agreement with the teacher.
     *
     * @param margin by which the challenger's may be below the champion's
     * @param floor that it must reach
     */
    public record Agreement(double margin, double floor) {
        public Agreement {
            requireFraction("margin", margin);
            requireFraction("floor", floor);
        }
    }

    /**
     * Bytes of the ONNX file.
     *
     * @param growth how many times the champion's they may be
     * @param most the greatest that are allowed
     */
    public record Bytes(double growth, Optional<Long> most) {
        public Bytes {
            requireGrowth(growth);
            if (most.isPresent() && most.get() < 1) {
                throw new SettingException("most", "must be at least 1 byte, was " + most.get());
            }
        }
    }

    /**
     * Median latency of one sample in milliseconds, measured beside the champion's.
     *
     * @param growth how many times the champion's it may be
     * @param most the greatest that is allowed
     */
    public record Latency(double growth, Optional<Double> most) {
        public Latency {
            requireGrowth(growth);
            if (most.isPresent() && !(most.get() > 0)) {
                throw new SettingException("most", "must be > 0 ms, was " + most.get());
            }
        }
    }

    /**
     * Limits that reveal faults in a night's data before a model is published that has learned them.
     *
     * @param championFall by which the champion's accuracy on the held-out samples of the night may be below that of
     *     its card
     * @param featureShift how many deviations the mean of a feature of the new training samples may be from that on the
     *     champion's card
     */
    public record Data(double championFall, double featureShift) {
        public Data {
            requireFraction("champion-fall", championFall);
            if (!(featureShift > 0)) {
                throw new SettingException("feature-shift", "must be > 0 deviations, was " + featureShift);
            }
        }
    }

    private static void requireFraction(String key, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new SettingException(key, "must be in [0, 1], was " + value);
        }
    }

    private static void requireGrowth(double growth) {
        if (!(growth >= 1 && growth <= 1000)) {
            throw new SettingException(
                    "growth", "must be in [1, 1000], was " + growth + "; 1 allows no more than the champion has");
        }
    }
}
