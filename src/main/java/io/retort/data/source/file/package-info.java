/**
 * The files of sources: which ones paths stand for, and what is in a CSV, an IDX or a CIFAR file. Imports data and
 * storage.
 */
package io.retort.data.source.file;
