package dev.sharegpt4v.server.telemetry;

/**
 * What metrics say of a server, and how.
 *
 * @param version of the server
 * @param model the name clients ask for
 * @param positions of a prompt and its completion at the most; bounds of histograms go up to it
 * @param vllmNames whether the same figures are told under vLLM's names, too
 * @param exemplars whether figures name the traces of requests that gave them
 */
public record MetricsSetup(String version, String model, int positions, boolean vllmNames, boolean exemplars) {

    /** Without exemplars. */
    public MetricsSetup(String version, String model, int positions, boolean vllmNames) {
        this(version, model, positions, vllmNames, false);
    }
}
