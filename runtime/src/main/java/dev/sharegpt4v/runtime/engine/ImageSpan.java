package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.execution.ImageInput;

/**
 * Where an image sits in a prompt.
 *
 * @param position index of the first of {@code image.featureRows()} prompt positions
 * @param image the image that fills them
 */
public record ImageSpan(int position, ImageInput image) {

    /** The position after the last one. */
    public int end() {
        return position + image.featureRows();
    }
}
