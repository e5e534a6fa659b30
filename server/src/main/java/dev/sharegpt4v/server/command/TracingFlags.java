package dev.sharegpt4v.server.command;

import dev.sharegpt4v.server.Version;
import dev.sharegpt4v.server.tracing.Tracing;
import dev.sharegpt4v.server.tracing.TracingSetup;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of traces. */
final class TracingFlags {

    private static final String PATH = "/v1/traces";

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Option(
            names = "--tracing",
            description = "Exports spans of requests as OpenTelemetry's environment says (OTEL_EXPORTER_OTLP_ENDPOINT,"
                    + " OTEL_TRACES_SAMPLER ...).")
    boolean on;

    @Option(
            names = "--otlp-traces-endpoint",
            paramLabel = "URL",
            description =
                    "Exports them there by OTLP over HTTP, such as http://collector:4318/v1/traces; goes before the"
                            + " environment.")
    @Nullable
    String endpoint;

    /**
     * Where spans go, or nowhere.
     *
     * @throws ParameterException when the endpoint is none
     * @throws IllegalArgumentException when the environment says what cannot be
     */
    Tracing start() {
        Optional<URI> asked = Optional.ofNullable(endpoint).map(this::url);
        return on || asked.isPresent() ? Tracing.start(new TracingSetup(asked, Version.TEXT, Map.of())) : Tracing.OFF;
    }

    private URI url(String text) {
        try {
            URI uri = URI.create(text);
            if (uri.getHost() != null && List.of("http", "https").contains(uri.getScheme())) {
                String path = uri.getRawPath();
                return path.isEmpty() || path.equals("/") ? uri.resolve(PATH) : uri;
            }
        } catch (IllegalArgumentException e) {
            // Told below.
        }
        throw new ParameterException(
                spec.commandLine(),
                "--otlp-traces-endpoint must be a URL such as http://collector:4318" + PATH + ", not '" + text + "'");
    }
}
