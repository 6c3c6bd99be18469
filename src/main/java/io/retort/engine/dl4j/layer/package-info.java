/**
 * Retort's own DL4J layers: images are {@code [batch, height, width, channels]} from the first layer to the last,
 * so that a BatchNorm is one long loop over memory and a pointwise convolution is one matrix product. Imports the
 * kernels.
 */
package io.retort.engine.dl4j.layer;
