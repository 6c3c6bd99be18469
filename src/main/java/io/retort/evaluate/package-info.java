/** The figures of networks on held-out samples. {@link io.retort.evaluate.Metrics} lists the metrics. */
package io.retort.evaluate;
