package dev.sharegpt4v.server.tracing;

import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a request's headers as W3C's trace context wants it. */
enum HeaderReader implements TextMapGetter<Tracing.Headers> {
    ONE;

    private static final String PARENT = "traceparent";

    /** Two parents are none; parts of a list may come in several headers. */
    @Override
    public @Nullable String get(Tracing.@Nullable Headers headers, String key) {
        List<String> values = headers == null ? List.of() : headers.values(key);
        if (values.isEmpty() || (key.equals(PARENT) && values.size() > 1)) {
            return null;
        }
        return String.join(",", values);
    }
}
