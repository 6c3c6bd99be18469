package io.retort.registry;

/**
 * What a network reaches on the held-out samples, and what it costs.
 *
 * @param accuracy fraction of the samples whose class is predicted
 * @param agreement fraction for which the teacher predicts the same
 * @param calibrationError expected calibration error
 * @param bytes of the ONNX file
 * @param latencyMillis median of one sample on one thread
 */
public record Scores(double accuracy, double agreement, double calibrationError, long bytes, double latencyMillis) {}
