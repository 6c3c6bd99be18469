/** Adds up the gradients of the lanes of a training, whoever computes them, to the same bits. */
package io.retort.distill.allreduce;
