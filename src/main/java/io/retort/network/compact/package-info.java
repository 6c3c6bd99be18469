/** A network in one small file. */
package io.retort.network.compact;
