/**
 * Untrusted bytes to RGB pixels, and pixels to the encoder's input, equal to Pillow and CLIPImageProcessor.
 */
@NullMarked
package dev.sharegpt4v.models.image;

import org.jspecify.annotations.NullMarked;
