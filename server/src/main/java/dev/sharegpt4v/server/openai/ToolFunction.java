package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A function that may be called.
 *
 * @param name of it
 * @param description what it does; may be empty
 * @param parameters the JSON Schema of its arguments
 * @param param the path of the schema in the request, for errors
 */
public record ToolFunction(String name, String description, JsonNode parameters, String param) {}
