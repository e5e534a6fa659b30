package dev.sharegpt4v.runtime.engine;

import java.util.List;

/**
 * Token ids with places for images.
 *
 * @param tokens one id per position; positions under a span hold {@link #IMAGE_PLACEHOLDER}
 * @param images by rising position, not overlapping, inside the prompt
 */
public record Prompt(int[] tokens, List<ImageSpan> images) {

    /** Stands at positions whose embedding comes from an image; never a vocabulary id. */
    public static final int IMAGE_PLACEHOLDER = -200;

    public Prompt {
        images = List.copyOf(images);
        if (tokens.length == 0) {
            throw new IllegalArgumentException("a prompt has at least one token");
        }
        int free = 0;
        for (ImageSpan span : images) {
            if (span.position() < free || span.end() > tokens.length) {
                throw new IllegalArgumentException("image at " + span.position() + " overlaps or leaves the prompt");
            }
            free = span.end();
        }
    }

    /** Positions, image positions included. */
    public int length() {
        return tokens.length;
    }

    /** Positions that images take. */
    public int imagePositions() {
        return images.stream().mapToInt(span -> span.image().featureRows()).sum();
    }
}
