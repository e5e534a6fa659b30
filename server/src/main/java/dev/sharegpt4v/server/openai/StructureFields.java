package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.models.structured.JsonStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads what form an answer must have; at most one member may say so.
 *
 * <p>Source: OpenAI's {@code response_format}; vLLM's {@code structured_outputs} and its older {@code guided_…} members;
 * llama.cpp's {@code grammar} and {@code json_schema}.
 */
final class StructureFields {

    static final Set<String> NAMES = Set.of(
            "response_format",
            "structured_outputs",
            "guided_json",
            "guided_regex",
            "guided_choice",
            "guided_grammar",
            "guided_whitespace_pattern",
            "guided_decoding_backend",
            "grammar",
            "json_schema");

    private static final Set<String> STRUCTURED_OUTPUTS = Set.of(
            "json",
            "regex",
            "choice",
            "grammar",
            "json_object",
            "whitespace_pattern",
            "disable_any_whitespace",
            "disable_additional_properties",
            "disable_fallback",
            "backend",
            "_backend",
            "_backend_was_auto");
    private static final String NAME = "[A-Za-z0-9_-]{1,64}";
    private static final JsonMapper JSON = new JsonMapper();

    private StructureFields() {}

    static Optional<OutputStructure> read(JsonFields fields) {
        List<OutputStructure> found = new ArrayList<>();
        responseFormat(fields, found);
        if (fields.has("structured_outputs")) {
            structuredOutputs(fields.object("structured_outputs"), found);
        }
        fields.text("guided_decoding_backend");
        JsonStyle style = new JsonStyle(fields.text("guided_whitespace_pattern"), false, false);
        if (fields.has("guided_json")) {
            found.add(schema(fields.raw("guided_json"), style, "guided_json"));
        }
        expression(fields, "guided_regex", found);
        choice(fields, "guided_choice", found);
        grammar(fields, "guided_grammar", found);
        grammar(fields, "grammar", found);
        if (fields.has("json_schema")) {
            found.add(schema(fields.raw("json_schema"), style, "json_schema"));
        }
        if (found.size() > 1) {
            throw ApiException.invalid(
                    found.get(1).param(),
                    "Only one form can be asked of an answer, but '%s' and '%s' both ask for one."
                            .formatted(found.get(0).param(), found.get(1).param()));
        }
        return found.stream().findFirst();
    }

    private static void responseFormat(JsonFields fields, List<OutputStructure> found) {
        if (!fields.has("response_format")) {
            return;
        }
        JsonFields format = fields.object("response_format");
        String type = format.text("type").orElseThrow(() -> ApiException.missing(format.param("type")));
        switch (type) {
            case "text" -> format.allowOnly(Set.of("type"));
            case "json_object" -> {
                // llama.cpp takes a schema here.
                format.allowOnly(Set.of("type", "schema"));
                found.add(
                        format.has("schema")
                                ? schema(format.raw("schema"), JsonStyle.USUAL, format.param("schema"))
                                : new OutputStructure.AnyJson());
            }
            case "json_schema" -> {
                format.allowOnly(Set.of("type", "json_schema"));
                found.add(jsonSchema(format.object("json_schema")));
            }
            default ->
                throw ApiException.invalid(
                        format.param("type"),
                        "Invalid value: '" + type + "'. Supported are 'text', 'json_object' and 'json_schema'.");
        }
    }

    private static OutputStructure jsonSchema(JsonFields named) {
        named.allowOnly(Set.of("name", "description", "schema", "strict"));
        String name = named.text("name").orElseThrow(() -> ApiException.missing(named.param("name")));
        if (!name.matches(NAME)) {
            throw ApiException.invalid(
                    named.param("name"),
                    "'" + named.param("name") + "' must be 1 to 64 letters, digits, underscores and dashes.");
        }
        named.text("description");
        named.bool("strict");
        return named.has("schema")
                ? schema(named.raw("schema"), JsonStyle.USUAL, named.param("schema"))
                : new OutputStructure.AnyJson(JsonStyle.USUAL, named.param("schema"));
    }

    private static void structuredOutputs(JsonFields outputs, List<OutputStructure> found) {
        outputs.allowOnly(STRUCTURED_OUTPUTS);
        JsonStyle style = new JsonStyle(
                outputs.text("whitespace_pattern"),
                outputs.bool("disable_any_whitespace").orElse(false),
                outputs.bool("disable_additional_properties").orElse(false));
        int before = found.size();
        if (outputs.has("json")) {
            found.add(schema(outputs.raw("json"), style, outputs.param("json")));
        }
        expression(outputs, "regex", found);
        choice(outputs, "choice", found);
        grammar(outputs, "grammar", found);
        if (outputs.bool("json_object").orElse(false)) {
            found.add(new OutputStructure.AnyJson(style, outputs.param("json_object")));
        }
        if (found.size() == before) {
            throw ApiException.invalid(
                    "structured_outputs",
                    "'structured_outputs' must hold 'json', 'regex', 'choice', 'grammar' or 'json_object'.");
        }
    }

    /** A schema; written in a string it is read. */
    private static OutputStructure schema(JsonNode value, JsonStyle style, String param) {
        JsonNode schema = value;
        if (value.isTextual()) {
            try {
                schema = JSON.readTree(value.textValue());
            } catch (JsonProcessingException e) {
                throw ApiException.invalid(param, "'" + param + "' is a string that holds no JSON.");
            }
        }
        if (!schema.isObject() && !schema.isBoolean()) {
            throw ApiException.badRequest(
                    "invalid_type", param, "Invalid type for '" + param + "': expected a JSON Schema.");
        }
        return new OutputStructure.Schema(schema, style, param);
    }

    private static void expression(JsonFields fields, String name, List<OutputStructure> found) {
        fields.text(name).ifPresent(regex -> found.add(new OutputStructure.Regex(regex, fields.param(name))));
    }

    private static void choice(JsonFields fields, String name, List<OutputStructure> found) {
        if (fields.has(name)) {
            found.add(new OutputStructure.Choice(fields.texts(name), fields.param(name)));
        }
    }

    private static void grammar(JsonFields fields, String name, List<OutputStructure> found) {
        fields.text(name).ifPresent(source -> found.add(new OutputStructure.Grammar(source, fields.param(name))));
    }
}
