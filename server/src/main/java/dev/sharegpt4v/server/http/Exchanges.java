package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.tracing.Span;
import dev.sharegpt4v.server.tracing.Tracing;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;

/**
 * Begins and ends what is noted of exchanges: their spans, where they are traced, and their lines in the log, where those are
 * asked for.
 *
 * <p>Source of names: OpenTelemetry's semantic conventions of HTTP servers and of generative AI.
 */
final class Exchanges {

    private static final int LONGEST_PATH = 256;
    private static final int FAILED = 500;

    private final Tracing tracing;
    private final boolean lines;

    Exchanges(Tracing tracing, boolean lines) {
        this.tracing = tracing;
        this.lines = lines;
    }

    /**
     * A request that came over HTTP.
     *
     * @param id of the exchange
     * @param route label of the route; empty where there is none
     */
    ExchangeNotes begin(ServerRequest request, String id, String route, long nanoTime) {
        Span span = tracing.exchange(
                request.prologue().method().text(),
                route,
                name -> request.headers().all(HeaderNames.create(name), List::of),
                nanoTime);
        if (span.isSampled()) {
            String path = request.path().rawPath();
            span.put("url.path", path.substring(0, Math.min(path.length(), LONGEST_PATH)))
                    .put("url.scheme", request.isSecure() ? "https" : "http")
                    .put("network.protocol.version", request.prologue().protocolVersion())
                    .put("http.response.header." + Answers.REQUEST_ID, List.of(id));
        }
        return new ExchangeNotes(tracing, span, id, lines);
    }

    /** A line of a batch. */
    ExchangeNotes beginLine(String route) {
        Span span = tracing.background("batch line " + route, System.nanoTime());
        return new ExchangeNotes(tracing, span, "", false);
    }

    /** The exchange has its answer. */
    void end(ExchangeNotes notes, String method, String route, String path, int status, long started) {
        long now = System.nanoTime();
        if (lines) {
            new RequestLog(notes, method, route, path, status, now - started).write();
        }
        endSpan(notes, status, now);
    }

    /** The web server refused a request before it had a route. */
    void endUnrouted(String id, String method, String path, ApiException failure) {
        if (lines) {
            ExchangeNotes notes = new ExchangeNotes(Tracing.OFF, Span.NONE, id, false);
            notes.refused(failure.code());
            String withoutQuery = path.split("\\?", 2)[0];
            notes.run(new RequestLog(notes, method, RouteTable.OTHER, withoutQuery, failure.status(), 0)::write);
        }
    }

    /** A line of a batch has its answer. */
    static void endLine(ExchangeNotes notes, int status) {
        endSpan(notes, status, System.nanoTime());
    }

    private static void endSpan(ExchangeNotes notes, int status, long now) {
        Span span = notes.span();
        if (!span.isSampled()) {
            return;
        }
        span.put("http.response.status_code", status);
        if (!notes.refusal().isEmpty()) {
            span.put("sharegpt4v.error.code", notes.refusal());
        }
        if (status >= FAILED) {
            span.fail(Integer.toString(status));
        }
        if (!notes.operation().isEmpty()) {
            span.put("gen_ai.operation.name", notes.operation())
                    .put("gen_ai.provider.name", "sharegpt4v")
                    .put("gen_ai.request.model", notes.model())
                    .put("gen_ai.response.model", notes.model())
                    .put("gen_ai.usage.input_tokens", notes.promptTokens())
                    .put("gen_ai.usage.output_tokens", notes.completionTokens());
            if (!notes.answerId().isEmpty()) {
                span.put("gen_ai.response.id", notes.answerId());
            }
            List<String> reasons = notes.finishReasons();
            if (!reasons.isEmpty()) {
                span.put("gen_ai.response.finish_reasons", reasons);
            }
        }
        span.end(now);
    }
}
