/**
 * From a weight to its code: to the nearest, or chosen on what the layer's inputs are, with corrections of bias.
 * Imports the ranges.
 */
package io.retort.compress.quantize.round;
