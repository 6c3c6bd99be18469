/**
 * What a user writes: the records of a recipe and the catalogues of all kinds that it may name. Knows no Spark
 * and executes nothing.
 */
package io.retort.recipe;
