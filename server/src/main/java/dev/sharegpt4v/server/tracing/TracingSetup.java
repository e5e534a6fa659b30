package dev.sharegpt4v.server.tracing;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * What a server's traces are, beside what OpenTelemetry's standard environment says.
 *
 * @param endpoint that takes OTLP over HTTP, path included; the environment's when empty
 * @param version of the server
 * @param properties of OpenTelemetry's configuration, which go before the environment
 */
public record TracingSetup(Optional<URI> endpoint, String version, Map<String, String> properties) {

    public TracingSetup {
        properties = Map.copyOf(properties);
    }
}
