/** The network as data: typed layers, their shapes and their parameters. Nothing here trains or runs anything. */
package io.retort.network;
