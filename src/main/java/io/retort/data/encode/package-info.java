/**
 * What makes a model's input tensor of a row's stored columns. Teacher and student have
 * encoders of their own over the same rows. Texts become token ids here.
 */
package io.retort.data.encode;
