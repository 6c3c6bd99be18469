package io.retort.compress.prune;

import io.retort.config.SettingException;
import java.io.Serializable;
import java.util.List;

/**
 * How finely it is measured what groups of channels can spare.
 *
 * @param samples of the training data on which accuracy is measured; they pass through the driver
 * @param ratios the parts of a group that are tried, ascending; all but its least number of channels is tried besides
 */
public record ScanSettings(int samples, List<Double> ratios) implements Serializable {
    public ScanSettings {
        ratios = List.copyOf(ratios);
        if (samples < 1) {
            throw new SettingException("samples", "must be at least 1, was " + samples);
        }
        double before = 0;
        for (double ratio : ratios) {
            if (!(ratio > before && ratio < 1)) {
                throw new SettingException("ratios", "must ascend within (0, 1), was " + ratios);
            }
            before = ratio;
        }
    }
}
