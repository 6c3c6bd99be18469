/**
 * Classifiers of Spark ML as teachers: fitted here on labelled rows, which are labelled out of fold, or saved pipelines
 * that transform rows as a DataFrame. Imports data, predict, spark and the labels of the room above.
 */
package io.retort.label.sparkml;
