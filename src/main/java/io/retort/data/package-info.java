/** Sources become shards: immutable, content-addressed files of samples in a fixed order; views augment them. */
package io.retort.data;
