/** What a teacher said of each (sample, view), stored once, beside the shards and in their order. */
package io.retort.softlabel;
