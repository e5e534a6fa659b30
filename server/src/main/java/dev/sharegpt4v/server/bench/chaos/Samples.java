package dev.sharegpt4v.server.bench.chaos;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** How a server's gauges went, for programs. */
final class Samples {

    private static final List<String> NAMES = List.of(
            Memory.NAME,
            "process_threads",
            "process_open_fds",
            "sharegpt4v_http_connections",
            "sharegpt4v_requests_running",
            "sharegpt4v_requests_waiting",
            "jvm_memory_used_bytes",
            Memory.POOLS,
            Memory.LIVE,
            "jvm_buffer_memory_used_bytes");

    private Samples() {}

    /** A row for each, with the seconds since the first. */
    static ArrayNode json(List<Gauges> samples) {
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        for (Gauges sample : samples) {
            ObjectNode row = rows.addObject();
            row.put("seconds", (sample.nanos() - samples.getFirst().nanos()) / 1e9);
            for (String name : NAMES) {
                sample.value(name).ifPresent(value -> row.put(name, value));
            }
        }
        return rows;
    }
}
