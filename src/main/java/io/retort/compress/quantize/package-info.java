/** Networks in int8: ranges measured on samples, codes chosen from them, and what makes up for the rounding. */
package io.retort.compress.quantize;
