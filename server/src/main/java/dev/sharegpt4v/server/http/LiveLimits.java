package dev.sharegpt4v.server.http;

/** The limits that hold now for requests that come. Thread-safe. */
final class LiveLimits {

    private volatile HttpLimits now;

    LiveLimits(HttpLimits now) {
        this.now = now;
    }

    HttpLimits now() {
        return now;
    }

    void change(HttpLimits to) {
        now = to;
    }
}
