package dev.sharegpt4v.server.telemetry;

/**
 * Lines of Prometheus' text or of OpenMetrics; in the latter, counters' families lack the suffix.
 *
 * <p>Source: Prometheus' exposition formats; OpenMetrics 1.0.
 */
final class VllmText {

    private static final String PREFIX = "vllm:";

    private final String labels;
    private final boolean openMetrics;
    private final StringBuilder text = new StringBuilder();

    /** For samples that all have these labels. */
    VllmText(String labels, boolean openMetrics) {
        this.labels = labels;
        this.openMetrics = openMetrics;
    }

    void family(String name, String type, String help) {
        String family = PREFIX + name + (type.equals("counter") && !openMetrics ? "_total" : "");
        text.append("# HELP ").append(family).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(family).append(' ').append(type).append('\n');
    }

    void sample(String name, String more, double value) {
        text.append(PREFIX).append(name).append('{').append(labels);
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
