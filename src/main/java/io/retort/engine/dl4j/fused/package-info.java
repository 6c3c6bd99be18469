/**
 * Retort's own DL4J layers: images are {@code [batch, height, width, channels]} from the first layer to the last.
 *
 * <p>With channels last a BatchNorm is one long loop over memory, a pointwise convolution is one matrix product, and oneDNN's forward
 * convolutions need no reordering. DL4J wants a configuration beside each layer: one class serves them all, and lives only as long as its graph.
 */
package io.retort.engine.dl4j.fused;
