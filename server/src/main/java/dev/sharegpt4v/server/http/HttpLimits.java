package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.image.ImageLimits;
import java.time.Duration;

/**
 * What one request may take.
 *
 * @param maxBodyBytes of a request's body
 * @param maxImages in one request
 * @param maxConcurrent requests under way, whatever they wait for
 * @param maxDecoding images that are decoded and prepared at one time
 * @param image size of one image
 * @param pingInterval after which a silent stream sends a comment
 * @param writeTimeout how long a client may leave what was sent unread before it counts as gone
 * @param deadlines of a request
 * @param admission what all requests may take together
 */
public record HttpLimits(
        long maxBodyBytes,
        int maxImages,
        int maxConcurrent,
        int maxDecoding,
        ImageLimits image,
        Duration pingInterval,
        Duration writeTimeout,
        Deadlines deadlines,
        AdmissionLimits admission) {

    public static final HttpLimits DEFAULT =
            new HttpLimits(64L << 20, 20, 512, 2, ImageLimits.DEFAULT, Duration.ofSeconds(5));

    /** Limits with a minute for clients that do not read, and no deadlines. */
    public HttpLimits(
            long maxBodyBytes,
            int maxImages,
            int maxConcurrent,
            int maxDecoding,
            ImageLimits image,
            Duration pingInterval) {
        this(
                maxBodyBytes,
                maxImages,
                maxConcurrent,
                maxDecoding,
                image,
                pingInterval,
                Duration.ofMinutes(1),
                Deadlines.NONE);
    }

    /** These with what of others can change while a server runs; bodies, threads and unread answers are bounded at its start. */
    HttpLimits changedTo(HttpLimits other) {
        return new HttpLimits(
                maxBodyBytes,
                other.maxImages,
                other.maxConcurrent,
                maxDecoding,
                other.image,
                other.pingInterval,
                writeTimeout,
                other.deadlines,
                other.admission);
    }

    /** The same for requests that nobody waits for. */
    HttpLimits inBackground() {
        return new HttpLimits(
                maxBodyBytes,
                maxImages,
                maxConcurrent,
                maxDecoding,
                image,
                pingInterval,
                writeTimeout,
                Deadlines.BACKGROUND,
                admission);
    }

    /** Limits of single requests, with the usual ones of all together. */
    public HttpLimits(
            long maxBodyBytes,
            int maxImages,
            int maxConcurrent,
            int maxDecoding,
            ImageLimits image,
            Duration pingInterval,
            Duration writeTimeout,
            Deadlines deadlines) {
        this(
                maxBodyBytes,
                maxImages,
                maxConcurrent,
                maxDecoding,
                image,
                pingInterval,
                writeTimeout,
                deadlines,
                AdmissionLimits.DEFAULT);
    }

    /** The same with other limits of all together. */
    public HttpLimits with(AdmissionLimits other) {
        return new HttpLimits(
                maxBodyBytes,
                maxImages,
                maxConcurrent,
                maxDecoding,
                image,
                pingInterval,
                writeTimeout,
                deadlines,
                other);
    }
}
