package dev.sharegpt4v.server.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Spans of exchanges and their place in the traces of callers. */
final class OtelTracingTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";
    private static final String SAMPLED = "00-" + TRACE + "-" + PARENT + "-01";
    private static final String UNSAMPLED = "00-" + TRACE + "-" + PARENT + "-00";

    private final KeptSpans kept = new KeptSpans();

    private static Tracing.Headers headers(Map<String, List<String>> headers) {
        return name -> headers.getOrDefault(name, List.of());
    }

    private static Span exchange(Tracing tracing, Map<String, List<String>> headers) {
        return tracing.exchange("POST", "/v1/captions", headers(headers), System.nanoTime());
    }

    @Test
    void anExchangeIsNamedByMethodAndRoute() {
        long start = System.nanoTime();
        Span span = kept.tracing().exchange("POST", "/v1/files/{file_id}", headers(Map.of()), start);
        span.end(start + 5_000_000);

        SpanData told = kept.named("POST /v1/files/{file_id}").getFirst();
        assertThat(told.getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(told.getParentSpanContext().isValid()).isFalse();
        assertThat(told.getEndEpochNanos() - told.getStartEpochNanos()).isEqualTo(5_000_000);
        assertThat(KeptSpans.text(told, "http.route")).isEqualTo("/v1/files/{file_id}");
        assertThat(KeptSpans.text(told, "http.request.method")).isEqualTo("POST");
    }

    @Test
    void whatACallerCallsItsMethodIsNoName() {
        kept.tracing().exchange("my secret", "", headers(Map.of()), 0).end(1);
        SpanData told = kept.named("HTTP").getFirst();
        assertThat(KeptSpans.text(told, "http.request.method")).isEqualTo("_OTHER");
        assertThat(told.toString()).doesNotContain("secret");
    }

    @Test
    void itBelongsToTheSpanThatTheCallerNames() {
        Span span =
                exchange(kept.tracing(), Map.of("traceparent", List.of(SAMPLED), "tracestate", List.of("a=1", "b=2")));
        assertThat(span.traceId()).isEqualTo(TRACE);
        span.end(System.nanoTime());

        SpanData told = kept.ended().getFirst();
        assertThat(told.getParentSpanId()).isEqualTo(PARENT);
        assertThat(told.getSpanContext().getTraceState().asMap())
                .containsExactly(Map.entry("a", "1"), Map.entry("b", "2"));
    }

    @Test
    void aCallerThatDoesNotSampleIsHeededAndStillNamesTheTrace() {
        Span span = exchange(kept.tracing(), Map.of("traceparent", List.of(UNSAMPLED)));
        span.part("part", 0, 1);
        span.end(System.nanoTime());
        assertThat(span.isSampled()).isFalse();
        assertThat(span.traceId()).isEqualTo(TRACE);
        assertThat(kept.ended()).isEmpty();
    }

    /** With a sampler that heeds no parent, a caller's flag forces nothing. */
    @Test
    void aCallerCannotForceASampleWhereTheSamplerHeedsNoParent() {
        Span span = exchange(kept.tracing(Sampler.alwaysOff()), Map.of("traceparent", List.of(SAMPLED)));
        span.end(System.nanoTime());
        assertThat(span.isSampled()).isFalse();
        assertThat(kept.ended()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "zz-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E473G-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"
            })
    void whatIsNoParentBeginsATraceOfItsOwn(String parent) {
        Span span = exchange(kept.tracing(), Map.of("traceparent", List.of(parent), "tracestate", List.of("a=1")));
        assertThat(span.traceId()).hasSize(32).isNotEqualTo(TRACE);
        span.end(System.nanoTime());
        assertThat(kept.ended().getFirst().getParentSpanContext().isValid()).isFalse();
    }

    @Test
    void twoParentsAreNone() {
        Span span = exchange(kept.tracing(), Map.of("traceparent", List.of(SAMPLED, SAMPLED)));
        assertThat(span.traceId()).isNotEqualTo(TRACE);
    }

    @Test
    void partsLieWithinAndAFailureIsTold() {
        long start = System.nanoTime();
        Span span = kept.tracing().exchange("GET", "/metrics", headers(Map.of()), start);
        span.part("one", start + 10, start + 30);
        span.event("seen", start + 20);
        span.fail("500");
        span.end(start + 40);

        SpanData whole = kept.named("GET /metrics").getFirst();
        SpanData part = kept.below(whole).getFirst();
        assertThat(part.getStartEpochNanos() - whole.getStartEpochNanos()).isEqualTo(10);
        assertThat(part.getEndEpochNanos() - whole.getStartEpochNanos()).isEqualTo(30);
        assertThat(whole.getEvents().getFirst().getName()).isEqualTo("seen");
        assertThat(whole.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(KeptSpans.text(whole, "error.type")).isEqualTo("500");
    }

    @Test
    void withoutTracingThereIsNothing() {
        Span span = exchange(Tracing.OFF, Map.of("traceparent", List.of(SAMPLED)));
        assertThat(span).isSameAs(Span.NONE);
        assertThat(span.traceId()).isEmpty();
        assertThat(span.child("part", 0)).isSameAs(Span.NONE);
        assertThat(Tracing.OFF.isOn()).isFalse();
    }
}
