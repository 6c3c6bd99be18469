/**
 * Calibration: a temperature and biases that make a classifier's probabilities right, and how right they are. Imports
 * what evaluation gives of rows.
 */
package io.retort.evaluate.calibration;
