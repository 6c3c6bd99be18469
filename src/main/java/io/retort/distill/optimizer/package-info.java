/** What moves the parameters: DL4J's updaters, by their usual names. */
package io.retort.distill.optimizer;
