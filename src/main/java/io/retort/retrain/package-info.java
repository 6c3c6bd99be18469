/**
 * A champion and its challenger: one run that ends in gates and, where all are passed, in a promotion; and students of
 * runs that have ended, held against each other row by row. Imports run and registry.
 */
package io.retort.retrain;
