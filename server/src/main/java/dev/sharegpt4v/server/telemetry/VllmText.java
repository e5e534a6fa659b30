package dev.sharegpt4v.server.telemetry;

import io.prometheus.metrics.model.snapshots.Labels;

/**
 * Lines of Prometheus' text or of OpenMetrics; in the latter, counters' families lack the suffix.
 *
 * <p>Source: Prometheus' exposition formats; OpenMetrics 1.0.
 */
final class VllmText {

    /** Our label of models. */
    static final String MODEL = "model";

    private static final String PREFIX = "vllm:";

    private final String served;
    private final boolean openMetrics;
    private final StringBuilder text = new StringBuilder();

    /** For samples of this model where they name no other. */
    VllmText(String served, boolean openMetrics) {
        this.served = served;
        this.openMetrics = openMetrics;
    }

    void family(String name, String type, String help) {
        String family = PREFIX + name + (type.equals("counter") && !openMetrics ? "_total" : "");
        text.append("# HELP ").append(family).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(family).append(' ').append(type).append('\n');
    }

    /**
     * A sample.
     *
     * @param own labels of ours, which may name a model
     * @param more labels of vLLM's besides model and engine
     */
    void sample(String name, Labels own, String more, double value) {
        String named = own.get(MODEL);
        String model = named == null ? served : named;
        text.append(PREFIX)
                .append(name)
                .append("{model_name=\"")
                .append(escape(model))
                .append("\",engine=\"0\"");
        if (!more.isEmpty()) {
            text.append(',').append(more);
        }
        text.append("} ").append(value).append('\n');
    }

    /** A label's value as it stands between quotes. */
    static String escape(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
