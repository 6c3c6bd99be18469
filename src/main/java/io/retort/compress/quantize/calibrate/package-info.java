/**
 * From the values that a layer sees to the range that int8 codes cover: one class for each calibrator. Imports
 * nothing else of the compressors.
 */
package io.retort.compress.quantize.calibrate;
