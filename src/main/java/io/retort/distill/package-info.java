/** Trains networks on Spark, from labels and from soft labels. */
package io.retort.distill;
