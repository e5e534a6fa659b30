package dev.sharegpt4v.models.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the sampling defaults of generation_config.json. */
final class GenerationReader {

    private static final int DEFAULT_END = 2;

    private GenerationReader() {}

    static GenerationDefaults read(Path folder, ConfigNumbers text, int vocabulary) {
        Path file = folder.resolve("generation_config.json");
        ConfigNumbers generation = new ConfigNumbers(
                file, Files.isRegularFile(file) ? Json.read(file) : JsonNodeFactory.instance.objectNode());
        return new GenerationDefaults(
                number(generation, "temperature", 0, 100),
                number(generation, "top_p", 0, 1),
                number(generation, "top_k", 0, Integer.MAX_VALUE).map(Double::intValue),
                number(generation, "repetition_penalty", Double.MIN_VALUE, 100),
                endTokens(generation.has("eos_token_id") ? generation : text, vocabulary));
    }

    /** One id or a list of them. */
    static List<Integer> endTokens(ConfigNumbers config, int vocabulary) {
        JsonNode value = config.node().path("eos_token_id");
        if (!value.isArray()) {
            return List.of(config.id("eos_token_id", DEFAULT_END, vocabulary));
        }
        List<Integer> ids = new ArrayList<>();
        for (JsonNode id : value) {
            if (!id.canConvertToInt() || id.intValue() < 0 || id.intValue() >= vocabulary) {
                throw config.refusal("eos_token_id of " + value + " holds what is not an id");
            }
            ids.add(id.intValue());
        }
        if (ids.isEmpty()) {
            throw config.refusal("eos_token_id is an empty list");
        }
        return ids;
    }

    private static Optional<Double> number(ConfigNumbers config, String key, double least, double largest) {
        if (!config.has(key)) {
            return Optional.empty();
        }
        JsonNode value = config.node().path(key);
        if (!value.isNumber() || !(value.doubleValue() >= least) || !(value.doubleValue() <= largest)) {
            throw config.refusal(key + " of " + value + " is out of range");
        }
        return Optional.of(value.doubleValue());
    }
}
