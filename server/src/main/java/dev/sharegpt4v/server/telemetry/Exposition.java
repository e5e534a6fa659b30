package dev.sharegpt4v.server.telemetry;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Optional;

/** What a scraper reads: OpenMetrics where it asks for that, else Prometheus' text, with vLLM's names where they are on. */
public final class Exposition {

    private static final String PLAIN = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private static final String END = "# EOF\n";

    private final PrometheusMeterRegistry registry;
    private final Optional<VllmNames> aliases;

    /**
     * A whole answer.
     *
     * @param contentType of the text
     * @param text all of it
     */
    public record Page(String contentType, String text) {}

    Exposition(PrometheusMeterRegistry registry, Optional<VllmNames> aliases) {
        this.registry = registry;
        this.aliases = aliases;
    }

    /** By what an {@code Accept} header names. */
    Page page(String accept) {
        boolean open = accept.contains("application/openmetrics-text");
        String type = open ? OPEN : PLAIN;
        String own = registry.scrape(type);
        String more = aliases.map(
                        names -> names.text(registry.getPrometheusRegistry().scrape(), open))
                .orElse("");
        return new Page(type, open ? own.substring(0, own.length() - END.length()) + more + END : own + more);
    }
}
