package dev.sharegpt4v.models.convert;

/** How the scale and the zero point of a block are found. */
public enum ScaleRule {
    /** From the smallest and the largest weight: nothing is cut off. */
    EXTREMES,
    /** The least squared error: far weights may be cut off for the sake of the many. See {@link ScaleSearch}. */
    LEAST_SQUARES
}
