/**
 * Soft labels: what a teacher predicts for each (row, view), made once, stored beside the shards in their order.
 * Imports data, predict and Spark.
 */
package io.retort.label;
