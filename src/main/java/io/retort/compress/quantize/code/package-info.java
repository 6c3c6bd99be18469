/**
 * Number formats: scales and zero points, by channel or by tensor. Imports the rounding's settings.
 */
package io.retort.compress.quantize.code;
