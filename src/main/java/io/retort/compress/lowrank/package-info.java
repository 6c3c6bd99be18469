/** Replaces layers by thinner ones whose product is near. */
package io.retort.compress.lowrank;
