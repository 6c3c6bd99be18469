/**
 * The stages of a run in their order, and what runs beside what. Imports everything that a stage executes; the
 * command line and retraining stand on it.
 */
package io.retort.run;
