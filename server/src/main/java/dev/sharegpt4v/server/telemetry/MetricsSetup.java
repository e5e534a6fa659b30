package dev.sharegpt4v.server.telemetry;

import java.util.List;

/**
 * What metrics say of a server, and how.
 *
 * @param version of the server
 * @param models names that clients ask for
 * @param labelled whether what is told of a model has its name as a label
 * @param vllmNames whether the same figures are told under vLLM's names, too
 * @param exemplars whether figures name the traces of requests that gave them
 */
public record MetricsSetup(
        String version, List<String> models, boolean labelled, boolean vllmNames, boolean exemplars) {

    public MetricsSetup {
        models = List.copyOf(models);
    }

    /** Of one model, which needs no label. */
    public static MetricsSetup of(String version, String model, boolean vllmNames, boolean exemplars) {
        return new MetricsSetup(version, List.of(model), false, vllmNames, exemplars);
    }
}
