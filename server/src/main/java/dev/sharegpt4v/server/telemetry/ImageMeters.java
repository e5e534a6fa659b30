package dev.sharegpt4v.server.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** The way of an image to the encoder: fetched where it was only named, decoded, resized. */
public final class ImageMeters {

    /** Where images come from that a request only names. */
    public enum Source {
        /** The network. */
        REMOTE,
        /** A folder of this machine. */
        FOLDER;

        String label() {
            return this == REMOTE ? "remote" : "folder";
        }
    }

    private final Meters meters;
    private final Map<Source, Timer> fetches = new EnumMap<>(Source.class);
    private final Timer wait;
    private final Timer decode;
    private final Timer preprocess;
    private final Timer prepare;
    private final DistributionSummary pixels;
    private final Counter queries;
    private final Counter hits;

    ImageMeters(Meters meters) {
        this.meters = meters;
        for (Source source : Source.values()) {
            fetches.put(
                    source,
                    meters.timer(
                            "image_fetch",
                            "One image that a request only names",
                            Buckets.IMAGE,
                            "source",
                            source.label()));
        }
        this.wait = meters.timer("image_wait", "An image waiting for a thread to decode it", Buckets.IMAGE);
        this.decode = meters.timer("image_decode", "Decoding of one image", Buckets.IMAGE);
        this.preprocess =
                meters.timer("image_preprocess", "Padding, resizing and normalising of one image", Buckets.IMAGE);
        this.prepare = meters.timer("image_prepare", "Decoding and preprocessing of one image", Buckets.IMAGE);
        this.pixels = meters.summary("image_pixels", "Pixels of an image as its file has it", Buckets.PIXELS);
        this.queries = meters.counter("prepared_images_queries", "Images looked up among those prepared lately");
        this.hits = meters.counter("prepared_images_hits", "Of them, images found");
    }

    /** An image was there. */
    public void fetched(Source source, long nanos) {
        Timer timer = fetches.get(source);
        if (timer != null) {
            timer.record(Duration.ofNanos(nanos));
        }
    }

    /** Images were not fetched for one of these reasons so often; there are no others. */
    public void fetchErrors(Iterable<String> reasons) {
        reasons.forEach(this::errors);
    }

    /** An image was not fetched. */
    public void fetchFailed(String reason) {
        errors(reason).increment();
    }

    private Counter errors(String reason) {
        return meters.counter("image_fetch_errors", "Images that were not fetched, by reason", "reason", reason);
    }

    /** An image was looked up among those that were prepared lately. */
    public void lookedUp(boolean found) {
        queries.increment();
        if (found) {
            hits.increment();
        }
    }

    /** An image has waited for a thread. */
    public void waited(long nanos) {
        wait.record(Duration.ofNanos(nanos));
    }

    /**
     * An image was decoded and prepared.
     *
     * @param format of its file, from a closed set
     * @param size its pixels
     */
    public void prepared(String format, long size, long decodeNanos, long preprocessNanos) {
        decode.record(Duration.ofNanos(decodeNanos));
        preprocess.record(Duration.ofNanos(preprocessNanos));
        prepare.record(Duration.ofNanos(decodeNanos + preprocessNanos));
        pixels.record((double) size);
        meters.counter("images", "Images decoded and prepared", "format", format)
                .increment();
    }
}
