/**
 * Rows as immutable, content-addressed files in a fixed order, made by one Spark task for each split, and samples
 * of rows from all of them. Imports data, its sources and Spark.
 */
package io.retort.data.shard;
