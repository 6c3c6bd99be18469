/**
 * Hugging Face's tokenizers: a {@code tokenizer.json} is read, and texts become the token ids that a model from
 * elsewhere takes. Imports data, predict, storage and the tokenizers' library.
 */
package io.retort.data.tokenize;
