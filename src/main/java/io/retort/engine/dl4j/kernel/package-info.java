/**
 * Loops over float arrays and off-heap buffers, forward and backward, without a class of DL4J's. Imports nothing
 * else of Retort.
 */
package io.retort.engine.dl4j.kernel;
