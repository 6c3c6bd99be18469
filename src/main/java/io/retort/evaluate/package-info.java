/**
 * The figures of networks on held-out samples; {@link io.retort.evaluate.Metrics} lists the metrics. Calibration, a
 * temperature and biases that make a classifier's probabilities right, is fitted and judged here, too.
 */
package io.retort.evaluate;
