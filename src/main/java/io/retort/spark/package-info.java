/** Starts Spark the way Retort needs it, and examines whether Java, Spark and the native libraries are set up well. */
package io.retort.spark;
