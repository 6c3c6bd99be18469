/**
 * What a recipe becomes before any job: the networks, taps and views that fit its data, and every misfit with its
 * place. Imports recipe and the headers of data.
 */
package io.retort.plan;
