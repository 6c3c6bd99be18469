/**
 * Retort's own DL4J layers: images are {@code [batch, height, width, channels]} from the first layer to the last.
 *
 * <p>With channels last a BatchNorm is one long loop over memory, a pointwise convolution is one matrix product, and oneDNN's forward
 * convolutions need no reordering. Every layer is configured by a class that survives DL4J's JSON.
 */
package io.retort.engine.dl4j.fused;
