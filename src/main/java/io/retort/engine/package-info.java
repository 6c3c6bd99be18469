/** Engines that run networks. Each has a package of its own; this one holds their common types. */
package io.retort.engine;
