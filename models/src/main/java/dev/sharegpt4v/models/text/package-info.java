/**
 * Text to token ids and back.
 *
 * <p>Owns the tokenizer files and the rules of detokenising a stream. Does not know templates or images.
 */
@NullMarked
package dev.sharegpt4v.models.text;

import org.jspecify.annotations.NullMarked;
