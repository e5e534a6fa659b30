/**
 * Untrusted bytes to RGB pixels, and pixels to the encoder's input, equal to Pillow and CLIPImageProcessor.
 *
 * <p>Owns formats, limits, orientation and resampling. Does not know where bytes come from. Every type is thread-safe.
 */
@NullMarked
package dev.sharegpt4v.models.image;

import org.jspecify.annotations.NullMarked;
