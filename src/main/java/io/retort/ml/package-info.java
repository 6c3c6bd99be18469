/**
 * Retort as stages of Spark ML: estimators that distil a DataFrame, the models that they give, and any ONNX model as a
 * Transformer. Imports runs, recipes and ONNX Runtime; no signature of a public method has a type of Scala's.
 */
package io.retort.ml;
