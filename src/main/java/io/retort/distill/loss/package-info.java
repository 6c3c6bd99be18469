/** What a student minimises. One class per loss; {@link io.retort.distill.loss.Losses} lists them. */
package io.retort.distill.loss;
