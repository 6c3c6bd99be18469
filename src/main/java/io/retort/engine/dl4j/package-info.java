/** Runs and trains networks with DL4J; the only package that knows DL4J's network classes. */
package io.retort.engine.dl4j;
