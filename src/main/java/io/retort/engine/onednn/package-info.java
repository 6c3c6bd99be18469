/**
 * Trains networks with oneDNN, without DL4J's graphs: a network becomes a list of oneDNN's operations over one block of
 * memory. Imports networks, what a network in training is, and the kernels in Java of {@code engine.dl4j.kernel}.
 */
package io.retort.engine.onednn;
