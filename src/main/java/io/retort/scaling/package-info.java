/** The time of a recipe and its memory on so many executors, estimated before it runs. */
package io.retort.scaling;
