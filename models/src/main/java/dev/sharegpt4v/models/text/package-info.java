/**
 * Text to token ids and back.
 */
@NullMarked
package dev.sharegpt4v.models.text;

import org.jspecify.annotations.NullMarked;
