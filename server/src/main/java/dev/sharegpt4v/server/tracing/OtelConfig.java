package dev.sharegpt4v.server.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.resources.Resource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** The SDK, by OpenTelemetry's standard environment with this server's defaults. */
final class OtelConfig {

    private static final System.Logger LOG = System.getLogger(OtelConfig.class.getName());
    private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service.name");
    private static final AttributeKey<String> VERSION = AttributeKey.stringKey("service.version");
    private static final String PROTOCOL = "otel.exporter.otlp.protocol";
    private static final String TRACES_PROTOCOL = "otel.exporter.otlp.traces.protocol";
    private static final String ENDPOINT = "otel.exporter.otlp.endpoint";
    private static final String TRACES_ENDPOINT = "otel.exporter.otlp.traces.endpoint";
    private static final String HTTP = "http/protobuf";

    private OtelConfig() {}

    /** Empty where the environment switches the SDK off. */
    static Optional<OpenTelemetrySdk> sdk(TracingSetup setup) {
        AtomicReference<ConfigProperties> found = new AtomicReference<>();
        OpenTelemetrySdk sdk;
        try {
            sdk = AutoConfiguredOpenTelemetrySdk.builder()
                    .disableShutdownHook()
                    .addPropertiesSupplier(() -> Map.of(PROTOCOL, HTTP, "otel.propagators", "tracecontext"))
                    .addPropertiesCustomizer(_ -> overrides(setup))
                    .addPropertiesCustomizer(config -> {
                        found.set(config);
                        requireHttp(config);
                        return Map.of();
                    })
                    .addResourceCustomizer((resource, _) -> named(resource, setup.version()))
                    .addSpanExporterCustomizer((exporter, _) -> new ToldExporter(exporter))
                    .build()
                    .getOpenTelemetrySdk();
        } catch (ConfigurationException | IllegalArgumentException | IllegalStateException e) {
            throw new IllegalArgumentException("tracing cannot be set up: " + e.getMessage(), e);
        }
        ConfigProperties config = found.get();
        if (config == null || config.getBoolean("otel.sdk.disabled", false)) {
            LOG.log(System.Logger.Level.INFO, "tracing is off: OTEL_SDK_DISABLED says so");
            return Optional.empty();
        }
        LOG.log(
                System.Logger.Level.INFO,
                "tracing is on: spans go to {0}, sampled by {1}",
                destination(config),
                sampler(config));
        return Optional.of(sdk);
    }

    /** Metrics have a route of their own, and logs a stream. */
    private static Map<String, String> overrides(TracingSetup setup) {
        Map<String, String> own = new HashMap<>(setup.properties());
        own.put("otel.metrics.exporter", "none");
        own.put("otel.logs.exporter", "none");
        setup.endpoint().ifPresent(endpoint -> own.put(TRACES_ENDPOINT, endpoint.toString()));
        return own;
    }

    private static void requireHttp(ConfigProperties config) {
        String protocol = config.getString(TRACES_PROTOCOL, config.getString(PROTOCOL, HTTP));
        if (!protocol.equals(HTTP)) {
            throw new ConfigurationException("spans are exported by " + HTTP + " (a collector's port 4318), and not by "
                    + protocol + ", which OTEL_EXPORTER_OTLP_PROTOCOL or its variant for traces asks for");
        }
    }

    private static Resource named(Resource resource, String version) {
        AttributesBuilder own = Attributes.builder();
        String service = resource.getAttribute(SERVICE);
        if (service == null || service.startsWith("unknown_service")) {
            own.put(SERVICE, "sharegpt4v");
        }
        if (resource.getAttribute(VERSION) == null) {
            own.put(VERSION, version);
        }
        return resource.merge(Resource.create(own.build()));
    }

    private static String sampler(ConfigProperties config) {
        String argument = config.getString("otel.traces.sampler.arg", "");
        return config.getString("otel.traces.sampler", "parentbased_always_on")
                + (argument.isEmpty() ? "" : " " + argument);
    }

    /** Without what may be secret. */
    private static String destination(ConfigProperties config) {
        String exporter = config.getString("otel.traces.exporter", "otlp");
        if (!exporter.equals("otlp")) {
            return exporter;
        }
        String url =
                config.getString(TRACES_ENDPOINT, config.getString(ENDPOINT, "http://localhost:4318") + "/v1/traces");
        return url.replaceFirst("//[^/@]*@", "//").replaceFirst("\\?.*", "");
    }
}
