package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** Members of OpenAI's API that are not served: their harmless defaults pass, anything else is refused by name. */
final class UnsupportedFields {

    static final Set<String> NAMES = Set.of(
            "logprobs",
            "top_logprobs",
            "logit_bias",
            "tools",
            "tool_choice",
            "functions",
            "function_call",
            "modalities",
            "audio",
            "web_search_options",
            "echo");

    private UnsupportedFields() {}

    static void refuse(JsonFields fields) {
        for (String name : NAMES) {
            if (fields.has(name) && !isHarmless(name, fields.raw(name))) {
                throw ApiException.badRequest(
                        "unsupported_parameter",
                        name,
                        "Unsupported parameter: '" + name + "' with this value is not supported by this server.");
            }
        }
    }

    private static boolean isHarmless(String name, JsonNode value) {
        return switch (name) {
            case "logprobs", "echo" -> value.isBoolean() && !value.booleanValue();
            case "top_logprobs" -> value.isIntegralNumber() && value.asInt() == 0;
            case "logit_bias", "tools", "functions" -> value.isContainerNode() && value.isEmpty();
            case "tool_choice", "function_call" ->
                value.isTextual()
                        && (value.textValue().equals("none")
                                || value.textValue().equals("auto"));
            case "modalities" ->
                value.isArray() && value.size() == 1 && value.path(0).asText("").equals("text");
            default -> false;
        };
    }
}
