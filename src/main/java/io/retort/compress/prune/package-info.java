/** Removes channels, and sets weights to 0. */
package io.retort.compress.prune;
