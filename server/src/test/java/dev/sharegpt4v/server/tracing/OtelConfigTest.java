package dev.sharegpt4v.server.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sharegpt4v.server.testing.OtlpReceiver;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** OpenTelemetry's standard settings, given as properties here; the process of {@code TracedStartTest} has them as variables. */
final class OtelConfigTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static Tracing start(Optional<URI> endpoint, Map<String, String> properties) {
        return Tracing.start(new TracingSetup(endpoint, "1.2", properties));
    }

    private static Span exchange(Tracing tracing) {
        return tracing.exchange("GET", "/version", _ -> List.of(), System.nanoTime());
    }

    @Test
    void spansGoToTheEndpointWithHeadersAndTheNameOfTheService() throws IOException {
        try (OtlpReceiver collector = new OtlpReceiver()) {
            Tracing tracing = start(
                    Optional.of(collector.url()), Map.of("otel.exporter.otlp.headers", "authorization=Bearer%20abc"));
            exchange(tracing).end(System.nanoTime());
            tracing.close(PATIENCE);

            assertThat(collector.spans()).singleElement().satisfies(span -> {
                assertThat(span.name()).isEqualTo("GET /version");
                assertThat(span.resource())
                        .containsEntry("service.name", "sharegpt4v")
                        .containsEntry("service.version", "1.2");
            });
            assertThat(collector.authorization()).containsExactly("Bearer abc");
        }
    }

    @Test
    void theEnvironmentNamesTheService() throws IOException {
        try (OtlpReceiver collector = new OtlpReceiver()) {
            Tracing tracing = start(
                    Optional.empty(),
                    Map.of(
                            "otel.exporter.otlp.endpoint",
                            collector.base().toString(),
                            "otel.resource.attributes",
                            "service.name=vision,deployment.environment.name=test"));
            exchange(tracing).end(System.nanoTime());
            tracing.close(PATIENCE);
            assertThat(collector.spans())
                    .singleElement()
                    .satisfies(span -> assertThat(span.resource())
                            .containsEntry("service.name", "vision")
                            .containsEntry("deployment.environment.name", "test"));
        }
    }

    @Test
    void theSamplerIsTheEnvironments() {
        Tracing tracing = start(Optional.empty(), Map.of("otel.traces.sampler", "always_off"));
        Span span = exchange(tracing);
        assertThat(span.isSampled()).isFalse();
        assertThat(span.traceId()).isNotEmpty();
        tracing.close(PATIENCE);
    }

    @Test
    void theEnvironmentCanSwitchItOff() {
        assertThat(start(Optional.empty(), Map.of("otel.sdk.disabled", "true"))).isSameAs(Tracing.OFF);
    }

    /** Its port is open and nobody answers: what waits there holds up neither requests nor the end. */
    @Test
    void aCollectorThatHangsHoldsUpNobody() throws IOException {
        try (OtlpReceiver collector = OtlpReceiver.silent()) {
            Tracing tracing = start(
                    Optional.of(collector.url()),
                    Map.of("otel.bsp.max.queue.size", "16", "otel.bsp.max.export.batch.size", "4"));
            for (int i = 0; i < 10_000; i++) {
                exchange(tracing).end(System.nanoTime());
            }
            long before = System.nanoTime();
            tracing.close(Duration.ofMillis(100));
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "otel.exporter.otlp.protocol        | grpc        | http/protobuf",
                "otel.exporter.otlp.traces.protocol | http/json   | http/protobuf",
                "otel.traces.sampler                | sometimes   | sometimes",
                "otel.traces.sampler.arg            | much        | much",
                "otel.traces.exporter               | console     | console",
                "otel.exporter.otlp.endpoint        | ftp://there | ftp",
                "otel.propagators                   | b3          | b3",
            })
    void whatCannotBeIsRefusedByItsName(String property, String value, String named) {
        Map<String, String> properties = property.endsWith("arg")
                ? Map.of("otel.traces.sampler", "traceidratio", property, value)
                : Map.of(property, value);
        assertThatThrownBy(() -> start(Optional.empty(), properties))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tracing cannot be set up: ")
                .hasMessageContaining(named);
    }
}
