/**
 * Where rows come from: one reader for each file format, which cuts its files into splits and gives their rows as
 * a stream. Imports data and storage.
 */
package io.retort.data.source;
