/**
 * Any model that can be asked: a predictor has named tensors in and out, a model answers for rows, and the one place of
 * a process that keeps models open. It knows neither the data's columns nor which engine computes.
 */
package io.retort.predict;
