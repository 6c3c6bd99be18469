/**
 * The progress of a run for people: stages, counts and the time that is left. Imports nothing of the run.
 */
package io.retort.run.progress;
