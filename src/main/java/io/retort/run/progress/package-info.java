/**
 * What a person sees while a run works: stages, counts and the time that is left. Imports nothing of the run.
 */
package io.retort.run.progress;
