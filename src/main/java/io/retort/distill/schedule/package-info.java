/** Values that move over a training: the learning rate, and the weights and temperatures of losses. */
package io.retort.distill.schedule;
