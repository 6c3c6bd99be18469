package io.retort.compress;

import java.util.List;

/**
 * How a network's accuracy falls as channels that come and go together are cut, and nothing else, with nothing trained in between.
 *
 * @param group the layers that make the channels
 * @param channels how many there were
 * @param points by ratio; the first is the network as it was
 * @param chosen the part that went
 */
public record Sensitivity(String group, int channels, List<Point> points, double chosen) {
    /**
     * One measurement.
     *
     * @param ratio the part that was cut
     * @param accuracy on the scan's training samples, of 1
     */
    public record Point(double ratio, double accuracy) {}

    public Sensitivity {
        points = List.copyOf(points);
    }
}
