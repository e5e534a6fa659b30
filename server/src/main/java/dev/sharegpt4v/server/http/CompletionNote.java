package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.tracing.FollowedGeneration;
import java.util.Optional;

/** What is learnt of one completion. Thread-safe. */
final class CompletionNote {

    private final FollowedGeneration followed;
    private volatile int tokens;
    private volatile String reason = "";

    CompletionNote(FollowedGeneration followed) {
        this.followed = followed;
    }

    /** Its caller has seen its end and cancels what still runs. */
    void stopping(String why) {
        reason = why;
        followed.stopping(why);
    }

    /** What was said, and why no more, if it has ended. */
    void said(int count, Optional<String> why) {
        tokens = count;
        why.ifPresent(known -> reason = known);
    }

    /** The engine has not taken it. */
    void refused() {
        followed.refused("refused");
    }

    int tokens() {
        return tokens;
    }

    /** Empty unless it has ended. */
    String reason() {
        return reason;
    }
}
