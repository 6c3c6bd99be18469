/**
 * The records of a recipe, as a user writes it, and the catalogues of all kinds that it may name. Knows no Spark
 * and executes nothing.
 */
package io.retort.recipe;
