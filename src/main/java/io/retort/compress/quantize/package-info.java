/**
 * Networks in int8 or half precision, after training or during it: what becomes int8, and the scales and zero points
 * of its codes. Imports the ranges and the rounding in the rooms below.
 */
package io.retort.compress.quantize;
