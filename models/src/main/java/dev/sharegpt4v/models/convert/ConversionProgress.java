package dev.sharegpt4v.models.convert;

/** Hears how far a conversion is. Called by the converting thread, once per chunk of a few megabytes. */
@FunctionalInterface
public interface ConversionProgress {

    /** Hears nothing. */
    ConversionProgress NONE = (activity, bytesDone, bytesTotal) -> {};

    /**
     * Something was written.
     *
     * @param activity what is being written, such as {@code decoder weights}
     * @param bytesDone of the whole package so far
     * @param bytesTotal of the whole package, known from the start
     */
    void progressed(String activity, long bytesDone, long bytesTotal);
}
