/**
 * ONNX Runtime: sessions with buffers of their own, checks of files from elsewhere, and measurements of latency.
 * Imports the engines' common seam.
 */
package io.retort.engine.onnx.run;
