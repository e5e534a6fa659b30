package dev.sharegpt4v.server.telemetry;

import java.time.Duration;

/** Exchanges by route, status and outcome; the routes are those of the server, and one for all else. */
record HttpMeters(Meters meters) {

    private static final int CLIENT_GONE = 499;

    void answered(String route, int status, long nanos) {
        answered(route, status);
        meters.timer(
                        "http_request_duration",
                        "From the request's head to the last byte of its answer",
                        Buckets.REQUEST,
                        "route",
                        route)
                .record(Duration.ofNanos(nanos));
    }

    /** The same of an exchange whose time is not known. */
    void answered(String route, int status) {
        meters.counter(
                        "http_responses",
                        "Answers by route and status",
                        "route",
                        route,
                        "status",
                        Integer.toString(status))
                .increment();
        meters.counter("http_requests", "Answers by route and outcome", "route", route, "outcome", outcome(status))
                .increment();
    }

    static String outcome(int status) {
        return switch (status) {
            case 429, 503 -> "overloaded";
            case CLIENT_GONE -> "cancelled";
            default -> status < 400 ? "ok" : status < 500 ? "refused" : "failed";
        };
    }
}
