package dev.sharegpt4v.server.bench.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalDouble;

/**
 * What the hardware can at best do, measured in the same run.
 *
 * @param bytesPerSecond that it reads from memory, which bounds decoding
 * @param flopsPerSecond of a large matrix product, which bounds prefill; additions and multiplications counted apart
 * @param method in words
 */
public record Ceilings(double bytesPerSecond, OptionalDouble flopsPerSecond, String method) {

    void addTo(ObjectNode json) {
        ObjectNode memory = json.putObject("memory_bandwidth");
        memory.put("bytes_per_s", bytesPerSecond);
        memory.put("method", method);
        flopsPerSecond.ifPresent(
                rate -> json.putObject("matrix_rate").put("flop_per_s", rate).put("method", method));
    }
}
