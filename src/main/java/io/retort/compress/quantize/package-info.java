/**
 * Networks in int8 or half precision, after training or during it. Imports the ranges, the rounding and the
 * number formats in the rooms below.
 */
package io.retort.compress.quantize;
