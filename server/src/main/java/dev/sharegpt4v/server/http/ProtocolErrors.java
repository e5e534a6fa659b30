package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.WireWriter;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;

/** What the web server itself refuses, most of it before any route is found, in OpenAI's shape like everything else. */
final class ProtocolErrors implements DirectHandler {

    /** Hears of each. */
    @FunctionalInterface
    interface Listener {

        /**
         * A request was refused.
         *
         * @param method as far as it was read; may be empty, as the path may be
         */
        void refused(String method, String path, String id, ApiException failure);
    }

    private final Listener listener;

    private ProtocolErrors(Listener listener) {
        this.listener = listener;
    }

    static DirectHandlers handlers(Listener listener) {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (EventType type : EventType.values()) {
            handlers.addHandler(type, new ProtocolErrors(listener));
        }
        return handlers.build();
    }

    @Override
    public TransportResponse handle(
            TransportRequest request, EventType type, Status status, ServerResponseHeaders headers, String message) {
        // What has no path yet failed in being read, though the web server takes some of that for its own failure.
        Status told = request.path().isEmpty() && status.code() >= 500 ? Status.BAD_REQUEST_400 : status;
        String id = Answers.requestId(request.headers());
        ApiException failure = error(told);
        listener.refused(request.method(), request.path(), id, failure);
        TransportResponse.Builder response = TransportResponse.builder()
                .status(told)
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .header(HeaderNames.create(Answers.REQUEST_ID), id)
                .header(HeaderNames.CACHE_CONTROL, "no-store")
                .header(HeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
                .keepAlive(type.keepAlive())
                .entity(WireWriter.bytes(ErrorShape.of(request.path()).body(failure, id)));
        headers.forEach(response::header);
        return response.build();
    }

    /** The web server's words are for its log; the caller gets the kind of failure. */
    static ApiException error(Status status) {
        int code = status.code();
        return switch (code) {
            case 404 -> ApiException.exchange(404, "not_found", "There is nothing at this path.");
            case 413 -> ApiException.exchange(413, "request_too_large", "The body is larger than this server allows.");
            case 414 -> ApiException.exchange(414, "uri_too_long", "The path is longer than this server allows.");
            case 431 -> ApiException.exchange(431, "headers_too_large", "The headers are larger than allowed.");
            case 505 -> ApiException.exchange(505, "http_version_not_supported", "This server speaks HTTP/1.1.");
            case 503 -> ApiException.unavailable("overloaded", "The server has as many requests as it can take.");
            default ->
                code >= 400 && code < 500
                        ? ApiException.exchange(code, "bad_request", "The request is not valid HTTP/1.1.")
                        : ApiException.internal("The server failed to answer.");
        };
    }
}
