package dev.sharegpt4v.server.batch;

import java.util.Locale;

/** Where a batch stands, in OpenAI's words. */
enum BatchStatus {
    VALIDATING,
    FAILED,
    IN_PROGRESS,
    FINALIZING,
    COMPLETED,
    EXPIRED,
    CANCELLING,
    CANCELLED;

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Throws IllegalArgumentException for what is no status. */
    static BatchStatus of(String wireName) {
        return valueOf(wireName.toUpperCase(Locale.ROOT));
    }

    /** Nothing follows. */
    boolean isEnd() {
        return this == FAILED || this == COMPLETED || this == EXPIRED || this == CANCELLED;
    }

    /** The member that tells when it was reached. */
    String moment() {
        return this == VALIDATING ? "created_at" : wireName() + "_at";
    }
}
