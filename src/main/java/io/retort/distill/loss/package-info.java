/** Losses, one class each; {@link io.retort.distill.loss.Losses} lists them. */
package io.retort.distill.loss;
