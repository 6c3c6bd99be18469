/**
 * Removes old runs, and from the store what no remaining run refers to. Imports the records of runs, not Spark.
 */
package io.retort.clean;
