/**
 * Values of Spark's rows as rows of ours: which types columns have, and how each is read. Imports data and
 * data.source.file.
 */
package io.retort.data.source.frame;
