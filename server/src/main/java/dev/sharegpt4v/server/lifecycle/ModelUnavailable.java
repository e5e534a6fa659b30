package dev.sharegpt4v.server.lifecycle;

import java.time.Duration;

/** Why a model cannot be used now. */
public sealed interface ModelUnavailable {

    /** When it is worth to ask again. */
    Duration retryAfter();

    /** It is not in memory, and no request may load it. */
    record NotLoaded(Duration retryAfter) implements ModelUnavailable {}

    /** It is being loaded or unloaded. */
    record Changing(ModelState state, Duration retryAfter) implements ModelUnavailable {}

    /**
     * It could not be loaded.
     *
     * @param reason for the operator
     */
    record LoadFailed(String reason, Duration retryAfter) implements ModelUnavailable {}

    /** The server stops. */
    record Closed(Duration retryAfter) implements ModelUnavailable {}
}
