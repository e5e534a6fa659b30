package dev.sharegpt4v.server.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was measured and under which conditions.
 *
 * @param settings by name, in order
 * @param results one for each load, at least one
 * @param percentiles that are told, 0 to 100
 */
public record Report(Map<String, Object> settings, List<Result> results, List<Double> percentiles) {

    private static final JsonMapper JSON = new JsonMapper();

    public Report {
        settings = new LinkedHashMap<>(settings);
        results = List.copyOf(results);
        percentiles = List.copyOf(percentiles);
        if (results.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
    }

    /**
     * One measurement as one flat object; several under {@code runs}.
     *
     * @param detailed whether every request is listed
     */
    public ObjectNode json(boolean detailed) {
        ObjectNode json = JSON.createObjectNode();
        json.set("settings", JSON.valueToTree(settings));
        if (results.size() == 1) {
            json.setAll(RunJson.write(results.getFirst(), percentiles, detailed));
            return json;
        }
        ArrayNode runs = json.putArray("runs");
        results.forEach(result -> runs.add(RunJson.write(result, percentiles, detailed)));
        return json;
    }
}
