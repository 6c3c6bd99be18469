/** What a network is worth on held-out samples. One class per metric; {@link io.retort.evaluate.Metrics} lists them. */
package io.retort.evaluate;
