/** What a quantized network has beside its float32 parameters: the int8 codes of its values and weights. */
package io.retort.network.int8;
