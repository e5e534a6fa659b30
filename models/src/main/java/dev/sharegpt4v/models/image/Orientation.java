package dev.sharegpt4v.models.image;

/** What to do with the orientation that a camera stored beside the pixels. */
public enum Orientation {
    /** Turn the picture upright. */
    APPLY,
    /** Leave the pixels as they are stored, as the reference code does. */
    IGNORE
}
