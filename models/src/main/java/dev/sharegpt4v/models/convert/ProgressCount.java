package dev.sharegpt4v.models.convert;

import java.util.function.LongConsumer;

/** Adds up what was written for a listener. */
final class ProgressCount {

    private final ConversionProgress progress;
    private final long total;
    private long done;

    ProgressCount(ConversionProgress progress, long total) {
        this.progress = progress;
        this.total = total;
    }

    /** Takes the bytes of one activity. */
    LongConsumer of(String activity) {
        return bytes -> {
            done += bytes;
            progress.progressed(activity, done, total);
        };
    }
}
