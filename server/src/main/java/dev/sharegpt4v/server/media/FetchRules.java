package dev.sharegpt4v.server.media;

import java.time.Duration;
import java.util.Set;

/**
 * What may be fetched, and how much.
 *
 * @param hosts that may be asked
 * @param ports that may be connected to
 * @param timeout of one image with its redirects
 * @param downloads at one time
 * @param downloadsPerHost at one time
 */
public record FetchRules(
        HostPatterns hosts, Set<Integer> ports, Duration timeout, int downloads, int downloadsPerHost) {

    public static final Set<Integer> PORTS = Set.of(ImageUrl.HTTP, ImageUrl.HTTPS);
    public static final Duration TIMEOUT = Duration.ofSeconds(10);
    public static final int DOWNLOADS = 16;

    public FetchRules {
        ports = Set.copyOf(ports);
        if (timeout.isNegative() || timeout.isZero() || downloads < 1 || downloadsPerHost < 1) {
            throw new IllegalArgumentException(
                    "a timeout of %s, %d downloads, %d a host".formatted(timeout, downloads, downloadsPerHost));
        }
    }
}
