package dev.sharegpt4v.models.image;

import java.util.List;

/**
 * How RGB pixels become a vision tower's input.
 *
 * @param padToSquare pad with the mean colour to a square first; otherwise the image is resized and centre-cropped
 * @param shortestEdge the shorter side after resizing
 * @param cropSize side of the centre crop
 * @param mean per channel, subtracted after scaling to 0..1
 * @param std per channel
 */
public record Preprocessing(boolean padToSquare, int shortestEdge, int cropSize, List<Double> mean, List<Double> std) {

    /** CLIP's mean and standard deviation, which the whole family uses. */
    public static final List<Double> CLIP_MEAN = List.of(0.48145466, 0.4578275, 0.40821073);

    /** See {@link #CLIP_MEAN}. */
    public static final List<Double> CLIP_STD = List.of(0.26862954, 0.26130258, 0.27577711);

    public Preprocessing {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (shortestEdge < 1 || cropSize < 1 || mean.size() != 3 || std.size() != 3) {
            throw new IllegalArgumentException("preprocessing needs positive sizes and three channels");
        }
    }
}
