/**
 * Rows: what a data set's rows have in common, and the content of a shard as columns. Imports the network's
 * shapes and the store, not Spark.
 */
package io.retort.data;
