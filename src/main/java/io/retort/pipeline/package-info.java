/** One run: the recipe, its stages in order, and the directory, manifest and report that it leaves. */
package io.retort.pipeline;
