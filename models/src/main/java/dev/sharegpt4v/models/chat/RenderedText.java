package dev.sharegpt4v.models.chat;

import java.util.List;

/**
 * A prompt as text; the begin token does not show.
 *
 * @param text with {@link #IMAGE} for each image and {@code </s>} for each end token
 * @param images where the images' markers begin in the text, in order; the same words elsewhere came from the caller
 */
public record RenderedText(String text, List<Integer> images) {

    /** Stands for an image. */
    public static final String IMAGE = "<image>";

    public RenderedText {
        images = List.copyOf(images);
    }
}
