/**
 * A champion and its challenger: one run that ends in gates and, where all are passed, in a promotion. Imports
 * run and registry.
 */
package io.retort.retrain;
