/**
 * A network as an ONNX graph: in float32, in halves, in int8, simulated, or the part that taps need. Imports
 * network and, for its checks, the runtime.
 */
package io.retort.engine.onnx.write;
