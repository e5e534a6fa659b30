package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.access.KeyRing;
import dev.sharegpt4v.server.media.ImageSources;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What stands between a server and its callers.
 *
 * @param images where images may come from besides the request
 * @param keys that are needed, where they are
 * @param openMetrics whether metrics need no key
 * @param origins whose pages may read answers
 * @param logRequests whether each exchange is logged with the start of its body
 * @param patience for the head of a request, for silence within a body, and for an unused connection
 * @param connections at one time
 * @param console whether there are pages for people
 */
public record Protection(
        ImageSources images,
        Optional<KeyRing> keys,
        boolean openMetrics,
        List<String> origins,
        boolean logRequests,
        Duration patience,
        int connections,
        boolean console) {

    public static final Duration PATIENCE = Duration.ofSeconds(30);
    public static final int CONNECTIONS = 4096;

    /** Neither keys nor images from elsewhere. */
    public static final Protection DEFAULT =
            new Protection(ImageSources.NONE, Optional.empty(), true, List.of(), false, PATIENCE, CONNECTIONS, true);

    public Protection {
        origins = List.copyOf(origins);
    }

    /** The same with other sources of images. */
    public Protection withImages(ImageSources other) {
        return new Protection(other, keys, openMetrics, origins, logRequests, patience, connections, console);
    }

    /** The same with keys. */
    public Protection withKeys(KeyRing ring) {
        return new Protection(
                images, Optional.of(ring), openMetrics, origins, logRequests, patience, connections, console);
    }

    /** The same with pages of other origins. */
    public Protection withOrigins(List<String> other) {
        return new Protection(images, keys, openMetrics, other, logRequests, patience, connections, console);
    }

    /** The same without pages for people. */
    public Protection withoutConsole() {
        return new Protection(images, keys, openMetrics, origins, logRequests, patience, connections, false);
    }

    /** The same with another patience. */
    public Protection withPatience(Duration other) {
        return new Protection(images, keys, openMetrics, origins, logRequests, other, connections, console);
    }
}
