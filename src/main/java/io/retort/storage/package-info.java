/** Files on any Hadoop file system, written whole or not at all, and digests of what is in them. */
package io.retort.storage;
