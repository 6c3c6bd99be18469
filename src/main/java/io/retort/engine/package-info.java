/** What runs a network. Each engine has a package of its own; this one holds what they have in common. */
package io.retort.engine;
