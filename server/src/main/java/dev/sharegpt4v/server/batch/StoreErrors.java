package dev.sharegpt4v.server.batch;

import dev.sharegpt4v.server.openai.ApiException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** What the disk refuses, in the API's terms. */
final class StoreErrors {

    /** Only the system's words tell a full disk from a broken one: Linux and macOS, quotas, Windows. */
    private static final List<String> FULL = List.of("no space left", "quota exceeded", "not enough space");

    private static final System.Logger LOG = System.getLogger(StoreErrors.class.getName());

    private StoreErrors() {}

    static ApiException of(IOException failure) {
        LOG.log(System.Logger.Level.WARNING, "the data folder could not be used", failure);
        String words = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return FULL.stream().anyMatch(words::contains)
                ? full("The disk of this server is full.")
                : ApiException.failed(500, "storage_failed", "The server could not use its data folder.");
    }

    static ApiException full(String message) {
        return ApiException.failed(507, "storage_full", message);
    }
}
