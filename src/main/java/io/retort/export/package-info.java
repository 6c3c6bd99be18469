/**
 * Exported files: the proof that one computes as the evaluated network, and the forms in which servers want it. Imports
 * the engines' common seam, and networks as files.
 */
package io.retort.export;
